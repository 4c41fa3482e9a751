export interface PlanningEvent {
  readonly reading: 'zones' | 'jobs' | 'destinations'
  readonly done: number
  /** Null where nobody knows yet. */
  readonly total: number | null
}

export type OnPlanning = (event: PlanningEvent) => void

/* What reading destinations costs a month, at list prices, with the arithmetic: a part of deploy/arrival.md. */

/** What the bench measured. */
export interface ArrivalMeasures {
  readonly places: number
  readonly filesADay: number
  /** For each place. */
  readonly callsADay: number
  /** CPU for all looks of a minute, without the store's client. */
  readonly looksMs: number
  /** CPU of one call through the S3 client. */
  readonly clientMs: number
  readonly heapMb: number
  readonly ledgerMb: number
}

interface Price {
  readonly store: string
  readonly listed: string
  readonly usdPerMillion: number
  /** Millions a month. */
  readonly free: number
}

const prices: readonly Price[] = [
  { store: 'S3 Standard (us-east-1)', listed: '0.005 USD per 1,000', usdPerMillion: 5, free: 0 },
  { store: 'R2 (class A)', listed: '4.50 USD per million, 1 million free', usdPerMillion: 4.5, free: 1 },
  { store: 'GCS Standard (class A, one region)', listed: '0.005 USD per 1,000', usdPerMillion: 5, free: 0 },
  { store: 'Azure Blob (Hot, LRS)', listed: '0.05 USD per 10,000', usdPerMillion: 5, free: 0 },
]

const days = 30
/** Of five minutes, in intervals of the measured one. */
const slower = 5

function usd({ usdPerMillion, free }: Price, millions: number): number {
  return Math.max(0, millions - free) * usdPerMillion
}

export function arrivalCosts(measures: ArrivalMeasures, where: string): string {
  const { places, filesADay, callsADay, looksMs, clientMs, heapMb, ledgerMb } = measures
  const millionsADay = (places * callsADay) / 1e6
  const millions = millionsADay * days
  const fixed = (value: number, digits: number): string => String(Number(value.toFixed(digits)))
  const round = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 0 })
  const rows = prices.map((price) => {
    const [often, seldom] = [usd(price, millions), usd(price, millions / slower)]
    return `| ${price.store} | ${price.listed} | ${round(often)} USD | ${round(seldom)} USD |`
  })
  const worked = prices.slice(0, 2).map((price) => {
    const free =
      price.free === 0 ? `${fixed(millions, 2)} million` : `(${fixed(millions, 2)} − ${price.free}) million`
    return `${price.store.split(' ')[0]}: ${free} × ${price.usdPerMillion.toFixed(2)} USD per million = ${round(usd(price, millions))} USD`
  })
  const each = prices.map((price) => usd(price, millions) / places)
  const seconds = (looksMs + clientMs * places) / 1_000
  const share = (clientMs * places) / 1_000 / seconds
  return [
    `${round(places)} places with ${round(filesADay)} files a day each, every 60 s: ${round(places)} × ${round(callsADay)} = ${fixed(millionsADay, 2)} million calls a day, ${fixed(millions, 2)} million in ${days} days.`,
    '',
    `| store | list price of a list call | ${days} days, 60 s | ${days} days, 5 min |`,
    '|---|---|---|---|',
    ...rows,
    '',
    `The arithmetic: ${worked.join('; ')}. That is at most ${Math.max(...each).toFixed(2)} USD a place and month at 60 s. Prices change: put in your own.`,
    '',
    `The exporter itself spends ${seconds.toFixed(1)} s of CPU a minute on these ${round(places)} places (${round((seconds / 60) * 100)} % of a core; ${round(share * 100)} % of it is the S3 client's), ${round(heapMb)} MB of memory for both sides of four hours, and ${round(ledgerMb)} MB of its ledger (\`npm run bench arrival\`: ${where}).`,
  ].join('\n')
}

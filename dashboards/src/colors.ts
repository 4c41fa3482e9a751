import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'

/** Colours by value: the first pair has no lower bound. */
export function steps(
  first: string,
  ...rest: readonly (readonly [number, string])[]
): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: first }, ...rest.map(([value, color]) => ({ value, color }))])
}

/** Green for none, the given colour for one and more. */
export function noneIsGood(color = 'red'): ThresholdsConfigBuilder {
  return steps('green', [1, color])
}

/** A number without a judgement. */
export function neutral(): ThresholdsConfigBuilder {
  return steps('text')
}

export function byThreshold(): FieldColorBuilder {
  return new FieldColorBuilder().mode(FieldColorModeId.Thresholds)
}

/** A word and a colour for each value, listed from worst to best. */
export function words(
  options: readonly { readonly level: number | string; readonly text: string; readonly color: string }[],
): ValueMapping {
  return {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      options.map(({ level, text, color }, index) => [String(level), { text, color, index }]),
    ),
  }
}

/** 0 and 1 as words: the word for yes is bad news. */
export function yesIsBad(yes: string, no: string): ValueMapping {
  return words([
    { level: 1, text: yes, color: 'red' },
    { level: 0, text: no, color: 'green' },
  ])
}

/** 0 and 1 as words: the word for yes is good news. */
export function yesIsGood(yes: string, no: string): ValueMapping {
  return words([
    { level: 1, text: yes, color: 'green' },
    { level: 0, text: no, color: 'red' },
  ])
}

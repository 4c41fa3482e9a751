/*
 * Writes samples of the past to the head of a Prometheus, as a remote writer does: what a Prometheus has in memory after two
 * hours, without waiting for them. Blocks on disk are read otherwise, and cost more.
 */

export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>
  /** Oldest first; `at` in milliseconds. */
  readonly samples: readonly { readonly at: number; readonly value: number }[]
}

const varint = (value: number): number[] => {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
  return bytes
}

/** A field of a protocol buffer that has a length. */
const field = (number: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2, ...varint(content.length)]), content])

function encodeSeries({ labels, samples }: WrittenSeries): Buffer {
  const pairs = Object.entries(labels)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) =>
      field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])),
    )
  const values = samples.map(({ at, value }) => {
    const double = Buffer.alloc(9)
    double[0] = 1 * 8 + 1
    double.writeDoubleLE(value, 1)
    return field(2, Buffer.concat([double, Buffer.from([2 * 8, ...varint(at)])]))
  })
  return field(1, Buffer.concat([...pairs, ...values]))
}

/** The block format of Snappy, of literals alone: valid, and as long as what it holds. */
function snappy(content: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from(varint(content.length))]
  for (let from = 0; from < content.length; from += 65_536) {
    const literal = content.subarray(from, from + 65_536)
    const size = literal.length - 1
    parts.push(Buffer.from([61 * 4, size % 256, Math.floor(size / 256)]), literal)
  }
  return Buffer.concat(parts)
}

/**
 * Sends the series; Prometheus takes samples that are at most an hour older than the newest it knows.
 * @throws Error when Prometheus refuses them.
 */
export async function remoteWrite(prometheus: string, series: Iterable<WrittenSeries>): Promise<void> {
  let waiting: Buffer[] = []
  const send = async (): Promise<void> => {
    const answer = await fetch(`${prometheus}/api/v1/write`, {
      method: 'POST',
      headers: {
        'content-encoding': 'snappy',
        'content-type': 'application/x-protobuf',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: snappy(Buffer.concat(waiting)),
    })
    waiting = []
    if (!answer.ok) throw new Error(`remote write: ${answer.status} ${(await answer.text()).slice(0, 300)}`)
  }
  for (const one of series) {
    waiting.push(encodeSeries(one))
    if (waiting.length >= 2_000) await send()
  }
  if (waiting.length > 0) await send()
}

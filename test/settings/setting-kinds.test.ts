import t from 'tap'
import {
  apiBaseAddress,
  decimalNumber,
  duration,
  durationOrOff,
  formatDuration,
  type Kind,
  listenAddress,
  oneOf,
  orNone,
  parseDuration,
  someText,
  urlPath,
  webAddress,
  wholeNumberKind,
} from '../../src/settings/setting-kinds.ts'
import { shardKind, statePathKind } from '../../src/settings/state-path.ts'

/* Each kind of value, at its bounds. */

/** The value that is read, or what was found and the hint. */
function read<T>(kind: Kind<T>, text: string): T | string {
  const reading = kind.read(text)
  return reading.ok
    ? reading.value
    : `no: ${reading.found}${reading.hint === undefined ? '' : `; ${reading.hint}`}`
}

t.test('durations are sums of units, the largest first, each once', async (t) => {
  for (const [text, ms] of [
    ['0', 0],
    ['1ms', 1],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1d1h1m1s1ms', 90_061_001],
    ['', null],
    ['5', null],
    ['1m1h', null],
    ['1m1m', null],
    ['1.5h', null],
    ['-1s', null],
    [' 1s', null],
  ] as const)
    t.equal(parseDuration(text), ms, text)
})

t.test('a duration is written as short as it can be, and read back as the same', async (t) => {
  for (const [ms, text] of [
    [0, '0'],
    [1, '1ms'],
    [999, '999ms'],
    [1_000, '1s'],
    [60_000, '1m'],
    [90_500, '1m30s500ms'],
    [86_400_000, '1d'],
    [90_061_001, '1d1h1m1s1ms'],
  ] as const) {
    t.equal(formatDuration(ms), text)
    t.equal(parseDuration(text), ms)
  }
})

t.test('a duration lies within its bounds; one without a unit is asked about', async (t) => {
  const kind = duration(1_000, 60_000)
  t.equal(kind.expected, 'a duration such as 90s or 1h30m, from 1s to 1m')
  for (const [text, value] of [
    ['1s', 1_000],
    ['999ms', 'no: "999ms"'],
    ['60s', 60_000],
    ['61s', 'no: "61s"'],
    ['30', 'no: "30"; did you mean "30s"?'],
    ['0', 'no: "0"'],
    ['', 'no: nothing'],
    ['x', 'no: "x"'],
  ] as const)
    t.equal(read(kind, text), value, text)
  t.equal(read(durationOrOff(1_000, 60_000), '0'), null)
  t.equal(durationOrOff(1_000, 60_000).write(null), '0')
  t.equal(durationOrOff(1_000, 60_000).write(1_000), '1s')
})

t.test('numbers are digits alone, within bounds that count or do not', async (t) => {
  const whole = wholeNumberKind(1, 10)
  const part = decimalNumber(0, 1)
  for (const [kind, text, value] of [
    [whole, '1', 1],
    [whole, '10', 10],
    [whole, '0', 'no: "0"'],
    [whole, '11', 'no: "11"'],
    [whole, '+5', 'no: "+5"'],
    [whole, '5.0', 'no: "5.0"'],
    [part, '1', 1],
    [part, '0.000000001', 1e-9],
    [part, '0', 'no: "0"'],
    [part, '1.1', 'no: "1.1"'],
    [part, '.5', 'no: ".5"'],
    [part, '1e-1', 'no: "1e-1"'],
  ] as const)
    t.equal(read(kind, text), value, text)
})

t.test('texts, words and none', async (t) => {
  const some = someText('a path', 'PATH')
  t.equal(read(some, ' a '), ' a ')
  t.equal(read(some, ' '), 'no: " "')
  t.equal(read(orNone(some), ''), null)
  t.equal(orNone(some).write(null), '')
  t.equal(orNone(some).write('a'), 'a')
  const word = oneOf('info', 'debug')
  t.same([word.expected, word.placeholder], ['one of info, debug', 'info|debug'])
  t.equal(read(word, 'debug'), 'debug')
  t.equal(read(word, 'Debug'), 'no: "Debug"')
})

t.test('an address to listen on has a port, and a host or none', async (t) => {
  for (const [text, value] of [
    [':10199', { host: '', port: 10_199 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
    [':65536', 'no: ":65536"'],
    ['10199', 'no: "10199"; did you mean ":10199"?'],
    ['::1:80', 'no: "::1:80"'],
    ['host', 'no: "host"'],
  ] as const) {
    const found = read(listenAddress, text)
    t.same(found, value, text)
    if (typeof found !== 'string') t.equal(listenAddress.write(found), text)
  }
})

t.test('an address on the web is plain, and loses the slashes at its end', async (t) => {
  for (const [text, value] of [
    ['https://a.example', 'https://a.example'],
    ['http://a.example:8080/x//', 'http://a.example:8080/x'],
    ['ftp://a.example', 'no: "ftp://a.example"'],
    ['https://a.example/ x', 'no: "https://a.example/ x"'],
    ['https://u@a.example', 'no: "https://***@a.example"'],
    ['https://:p@a.example', 'no: "https://***@a.example"'],
    ['https://a.example?x=1', 'no: "https://a.example?x=1"'],
    ['https://a.example#x', 'no: "https://a.example#x"'],
    ['https://', 'no: "https://"'],
  ] as const)
    t.equal(read(webAddress, text), value, text)
  t.equal(read(apiBaseAddress, 'https://a.example/client/v4/'), 'https://a.example/client/v4')
  t.equal(read(apiBaseAddress, 'https://a.example/client'), 'no: "https://a.example/client"')
  t.equal(read(apiBaseAddress, 'client/v4'), 'no: "client/v4"')
})

t.test('a path of our own is never the root, and no pattern', async (t) => {
  for (const [text, isPath] of [
    ['/metrics', true],
    ['/a/b-c_d.e~f', true],
    ['/', false],
    ['metrics', false],
    ['/a//b', false],
    ['/a/', false],
    ['/:a', false],
    ['/a*', false],
  ] as const)
    t.equal(read(urlPath, text), isPath ? text : `no: ${JSON.stringify(text)}`)
})

t.test('a shard is a number with a bound, or left to be found', async (t) => {
  for (const [text, value] of [
    ['0', 0],
    ['9999', 9_999],
    ['auto', 'auto'],
    ['10000', 'no: "10000"'],
    ['Auto', 'no: "Auto"'],
  ] as const)
    t.equal(read(shardKind, text), value, text)
  t.strictSame([shardKind.write('auto'), shardKind.write(3)], ['auto', '3'])
})

t.test('a ledger is a file or a database, in whose address no password stands', async (t) => {
  const hint = '; pass the password in PGPASSWORD, or in the file that PGPASSFILE names'
  for (const [text, value] of [
    ['data/ledger.db', 'data/ledger.db'],
    [':memory:', ':memory:'],
    ['postgres://u@db/l?sslmode=require', 'postgres://u@db/l?sslmode=require'],
    ['postgresql://db/l', 'postgresql://db/l'],
    ['postgresql://u:canary@db/l', `no: an address with a password${hint}`],
    ['postgresql://db/l?sslmode=require&PassWord=canary', `no: an address with a password${hint}`],
    ['postgresql://', 'postgresql://'],
    ['POSTGRES://u:canary@db/l', 'no: an address that cannot be read'],
    ['postgresql://u:canary@db:x/l', 'no: an address that cannot be read'],
    ['', 'no: nothing'],
  ] as const)
    t.equal(read(statePathKind, text), value, text)
  t.equal(statePathKind.write('data/ledger.db'), 'data/ledger.db')
})

import { hash } from 'bcryptjs'
import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { type AuthOutcome, createBasicAuth } from '../../../src/http/access/basic-auth.ts'

/* A check takes its turn, and what is known does not: with the queue full, only known results are answered. */

const keptResults = 100
const longestQueue = 32

const header = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** So many users, each with a password of its own; the cost is the least that bcrypt has. */
async function someUsers(count: number): Promise<ReadonlyMap<string, Secret>> {
  const names = Array.from({ length: count }, (_, index) => `user${index}`)
  return new Map(
    await Promise.all(names.map(async (name) => [name, new Secret(await hash(`of ${name}`, 4))] as const)),
  )
}

async function world(count: number) {
  const auth = await createBasicAuth()
  const users = await someUsers(count)
  const right = (name: string): Promise<AuthOutcome> => auth.check(header(name, `of ${name}`), users)
  let wrongs = 0
  const wrong = (): Promise<AuthOutcome> => auth.check(header('user0', `wrong ${wrongs++}`), users)
  /** What is answered for each user while the queue is full of wrong passwords. */
  const underAttack = async (): Promise<readonly AuthOutcome[]> => {
    const attack = Array.from({ length: longestQueue }, wrong)
    const answers = await Promise.all([...users.keys()].map(right))
    await Promise.all(attack)
    return answers
  }
  return { users, right, wrong, underAttack }
}

t.test('a right password is accepted, a wrong one and an unknown user are refused', async (t) => {
  const { right, wrong } = await world(1)
  t.equal(await right('user0'), 'accepted')
  t.equal(await wrong(), 'refused')
  t.equal(await right('nobody'), 'refused')
})

t.test('what waits too long in line is turned away, what is known is not', async (t) => {
  const { right, underAttack } = await world(2)
  await right('user0')
  t.same(await underAttack(), ['accepted', 'busy'])
})

t.test('wrong passwords never push out right ones, however many come', async (t) => {
  const { users, right, wrong, underAttack } = await world(keptResults)
  for (const name of users.keys()) await right(name)
  for (let i = 0; i < 5; i += 1) t.equal(await wrong(), 'refused')
  t.same([...new Set(await underAttack())], ['accepted'])
})

t.test('a right password takes the place of a wrong one', async (t) => {
  const { right, wrong, underAttack } = await world(2)
  await right('user0')
  for (let i = 0; i < keptResults; i += 1) await wrong()
  await right('user1')
  t.same(await underAttack(), ['accepted', 'accepted'])
})

t.test('of more right passwords than are kept, the one that was given first makes room', async (t) => {
  const { users, right, underAttack } = await world(keptResults + 1)
  for (const name of users.keys()) await right(name)
  t.same(await underAttack(), ['busy', ...Array.from({ length: keptResults }, () => 'accepted')])
})

t.test('a user that there is none of takes as long as one with a wrong password', async (t) => {
  const { check } = await createBasicAuth()
  const users = new Map([['sre', new Secret(await hash('right', 8))]])
  let guesses = 0
  const spent = async (user: string): Promise<number> => {
    const before = process.cpuUsage()
    t.equal(await check(header(user, `guess ${guesses++}`), users), 'refused')
    return process.cpuUsage(before).user
  }
  await spent('sre')
  const known = await spent('sre')
  t.ok((await spent('nobody')) > known / 4)
})

t.test('a password may hold a colon, and the scheme any letters', async (t) => {
  const { check } = await createBasicAuth()
  const users = new Map([['sre', new Secret(await hash('a:b:c', 4))]])
  t.equal(await check(header('sre', 'a:b:c'), users), 'accepted')
  t.equal(await check(header('sre', 'a:b:c').replace('Basic', 'BASIC '), users), 'accepted')
  t.equal(await check(header('sre', 'a:b:c').replace('Basic', 'xBasic'), users), 'refused')
  t.equal(await check(undefined, users), 'refused')
})

import { isRecord } from '../api/json-shape.ts'
import { htmlPage, ofResult, refusal, type Variant } from './variant.ts'

const writing = 'error validating destination: error writing object: AccessDenied'
const authentication = [{ code: 10000, message: 'Authentication error' }]

/** Ownership challenges, the test of a destination, and the fields of a dataset. */
export const destinationVariants: readonly Variant[] = [
  {
    name: 'ownership/invalid',
    of: ['request_challenge'],
    cost: 'answer',
    does: 'answers 200 with valid:false and a message in place of a challenge',
    instead: () => success({ filename: '', valid: false, message: writing }),
  },
  {
    name: 'ownership/null',
    of: ['request_challenge', 'validate_challenge'],
    cost: 'answer',
    does: 'answers with null',
    instead: () => success(null),
  },
  {
    name: 'ownership/with-message',
    of: ['validate_challenge'],
    cost: 'nothing',
    does: 'adds an empty message to the validation of a challenge',
    change: ofResult((result) => (isRecord(result) ? { message: '', ...result } : result)),
  },
  {
    name: 'destination/invalid',
    of: ['validate_destination'],
    cost: 'answer',
    does: 'answers the test of a destination with 200 and valid:false',
    instead: () => success({ valid: false, message: writing }),
  },
  {
    name: 'destination/null',
    of: ['validate_destination'],
    cost: 'answer',
    does: 'answers the test of a destination with null',
    instead: () => success(null),
  },
  {
    name: 'destination/refused',
    of: ['validate_destination'],
    cost: 'answer',
    does: 'answers the test of a destination with 400 and the error of writing to it',
    instead: refusal(400, [{ code: 1002, message: writing }]),
  },
  {
    name: 'destination/not-permitted',
    of: ['validate_destination'],
    cost: 'answer',
    does: 'answers the test of a destination with 403',
    instead: refusal(403, authentication),
  },
  {
    name: 'destination/timeout',
    of: ['validate_destination'],
    cost: 'answer',
    does: 'answers the test of a destination with 504 and a page of HTML, as for a wrong Splunk address',
    instead: htmlPage(504, 'Gateway time-out'),
  },
  {
    name: 'fields/typed',
    of: ['dataset_fields'],
    cost: 'nothing',
    does: 'describes each field of a dataset as "type; text"',
    change: ofResult((result) =>
      isRecord(result)
        ? Object.fromEntries(Object.entries(result).map(([name, text]) => [name, `string; ${text}`]))
        : result,
    ),
  },
  {
    name: 'fields/empty',
    of: ['dataset_fields'],
    cost: 'answer',
    does: 'tells no field of a dataset',
    change: ofResult(() => ({})),
  },
  {
    name: 'fields/null',
    of: ['dataset_fields'],
    cost: 'answer',
    does: 'answers the fields of a dataset with null',
    change: ofResult(() => null),
  },
  {
    name: 'fields/not-permitted',
    of: ['dataset_fields'],
    cost: 'answer',
    does: 'answers the fields of a dataset with 403',
    instead: refusal(403, authentication),
  },
  {
    name: 'fields/failing',
    of: ['dataset_fields'],
    cost: 'answer',
    does: 'answers the fields of a dataset with 500',
    instead: refusal(500, [{ code: 10001, message: 'internal error' }]),
  },
]

function success(result: unknown) {
  return { status: 200, headers: {}, body: { success: true, errors: [], messages: [], result } }
}

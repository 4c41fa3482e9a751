import { mapValues } from '../api/json-shape.ts'
import {
  asNull,
  changed,
  failing,
  forbidden,
  htmlPage,
  ofObject,
  ofResult,
  refusal,
  replaced,
  type Variant,
} from './variant.ts'

const writing = 'error validating destination: error writing object: AccessDenied'

/** Ownership challenges, the test of a destination, and the fields of a dataset. */
export const destinationVariants: readonly Variant[] = [
  ...replaced(['request_challenge'], 'answer', {
    'ownership/invalid': [
      'answers 200 with valid:false and a message in place of a challenge',
      () => success({ filename: '', valid: false, message: writing }),
    ],
  }),
  ...replaced(['request_challenge', 'validate_challenge'], 'answer', {
    'ownership/null': ['answers with null', () => success(null)],
  }),
  ...changed(['validate_challenge'], 'nothing', {
    'ownership/with-message': [
      'adds an empty message to the validation of a challenge',
      ofObject((result) => ({ message: '', ...result })),
    ],
  }),
  ...replaced(['validate_destination'], 'answer', {
    'destination/invalid': [
      'answers the test of a destination with 200 and valid:false',
      () => success({ valid: false, message: writing }),
    ],
    'destination/null': ['answers the test of a destination with null', () => success(null)],
    'destination/refused': [
      'answers the test of a destination with 400 and the error of writing to it',
      refusal(400, [{ code: 1002, message: writing }]),
    ],
    'destination/not-permitted': ['answers the test of a destination with 403', forbidden],
    'destination/timeout': [
      'answers the test of a destination with 504 and a page of HTML, as for a wrong Splunk address',
      htmlPage(504, 'Gateway time-out'),
    ],
  }),
  ...changed(['dataset_fields'], 'nothing', {
    'fields/typed': [
      'describes each field of a dataset as "type; text"',
      ofObject((fields) => mapValues(fields, (text) => `string; ${text}`)),
    ],
  }),
  ...changed(['dataset_fields'], 'answer', {
    'fields/empty': ['tells no field of a dataset', ofResult(() => ({}))],
    'fields/null': ['answers the fields of a dataset with null', asNull],
  }),
  ...replaced(['dataset_fields'], 'answer', {
    'fields/not-permitted': ['answers the fields of a dataset with 403', forbidden],
    'fields/failing': ['answers the fields of a dataset with 500', failing],
  }),
]

function success(result: unknown) {
  return { status: 200, headers: {}, body: { success: true, errors: [], messages: [], result } }
}

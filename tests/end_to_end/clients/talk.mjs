// How a client program speaks with the test that runs it: a line of JSON each. The first line it hears is what it was
// registered with. What it says is the outcome of a check, or something to be done in a member's or a partner's name,
// which is answered with a line.

import assert from 'node:assert/strict'
import { createInterface } from 'node:readline'
import { inspect } from 'node:util'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const hear = async () => JSON.parse((await lines.next()).value)
const say = (words) => process.stdout.write(`${JSON.stringify(words)}\n`)

export const told = await hear()

// The member's browser goes to an address; where it is sent at last, away from the network. `deny`: the member does not
// consent.
export async function visit(address, { deny = false } = {}) {
  say({ visit: String(address), deny })
  return new URL(await hear())
}

// Somebody of the partner decides about the terminal that shows this code.
export async function decide(user_code, granted) {
  say({ decide: user_code, granted })
  await hear()
}

export async function check(name, proof) {
  try {
    await proof()
    say({ check: name, failure: null })
  } catch (error) {
    say({ check: name, failure: inspect(error) })
  }
}

// A promise that has to be refused with this OAuth error.
export const refused = (promise, error) => assert.rejects(promise, (found) => (assert.equal(found.error, error), true))

// Tokens have these scopes, in whatever order.
export const sameScope = (tokens, scope) => assert.deepEqual(tokens.scope.split(' ').sort(), scope.split(' ').sort())

// A private key as WebCrypto has it, for signing assertions with ES256.
export const keyOf = (jwk) => crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])

// The network's `fetch`, which counts the answers that ask for a proof with another nonce.
export function counting() {
  const counted = { nonces: 0 }
  counted.fetch = async (address, options) => {
    const answer = await fetch(address, options)
    const wanted = answer.status === 400 ? (await answer.clone().json()).error : answer.headers.get('www-authenticate')
    counted.nonces += Number(/use_dpop_nonce/.test(wanted ?? ''))
    return answer
  }
  return counted
}

export function end() {
  lines.return()
  process.stdin.destroy()
}

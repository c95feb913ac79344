// openid-client, as a partner's server uses it, against the network.

import assert from 'node:assert/strict'
import * as client from 'openid-client'
import { check, counting, decide, end, keyOf, refused, sameScope, told, visit } from './talk.mjs'

const { issuer, api, callback, goodbye, clients, member, initial_token } = told
const { shop, server, bank, app, till } = clients
// Plain http, for a loopback address has no TLS; and id tokens are checked against the published keys.
const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks]

const discover = (who, authentication, metadata = {}, algorithm = 'oidc') =>
  client.discovery(new URL(issuer), who.client_id, metadata, authentication, { execute, algorithm })

async function ask(config, { scope = 'openid', pushed = false, DPoP, back = callback, deny = false, ...more } = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const expectedState = client.randomState()
  const expectedNonce = client.randomNonce()
  const parameters = {
    redirect_uri: back,
    scope,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...more,
  }
  const address = pushed
    ? await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
    : client.buildAuthorizationUrl(config, parameters)
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  return { address, answer: await visit(address, { deny }), checks }
}

async function signIn(config, options = {}) {
  const { answer, checks } = await ask(config, options)
  return client.authorizationCodeGrant(config, answer, checks, undefined, { DPoP: options.DPoP })
}

async function whoAmI(config, token, DPoP) {
  const answer = await client.fetchProtectedResource(config, token, new URL(api), 'GET', undefined, undefined, { DPoP })
  assert.equal(answer.status, 200)
  return answer.json()
}

async function bound(config) {
  const counted = counting()
  config[client.customFetch] = counted.fetch
  return { counted, DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) }
}

const byBasic = () => discover(shop, client.ClientSecretBasic(shop.client_secret))
const byPost = () => discover(shop, client.ClientSecretPost(shop.client_secret))
const byKey = async () => discover(server, client.PrivateKeyJwt(await keyOf(server.key)))
const asBank = async () =>
  discover(bank, client.PrivateKeyJwt(await keyOf(bank.key)), { id_token_signed_response_alg: 'ES256' })
const asApp = () => discover(app, client.None())
const asTill = () => discover(till, client.None())

await check('discovery', async () => {
  for (const algorithm of ['oidc', 'oauth2']) {
    const found = (await discover(shop, client.None(), {}, algorithm)).serverMetadata()
    assert.equal(found.issuer, issuer)
    assert.ok(found.supportsPKCE('S256'))
    assert.equal(found.authorization_response_iss_parameter_supported, true)
  }
})

for (const [name, known] of Object.entries({ secret_basic: byBasic, secret_post: byPost, private_key_jwt: byKey })) {
  await check(`client_credentials_by_${name}`, async () => {
    const config = await known()
    const tokens = await client.clientCredentialsGrant(config, { scope: 'points:read' })
    assert.equal(tokens.scope, 'points:read')
    assert.equal((await whoAmI(config, tokens.access_token)).client_id, config.clientMetadata().client_id)
  })
}

await check('a_wrong_secret_is_refused', async () => {
  const config = await discover(shop, client.ClientSecretBasic('wrong'))
  await assert.rejects(client.clientCredentialsGrant(config), { status: 401 })
})

await check('code_with_pkce', async () => {
  const config = await byBasic()
  const tokens = await signIn(config, { scope: 'openid profile points:read', max_age: '3600' })
  assert.equal(tokens.claims().sub, member)
  assert.ok(tokens.claims().auth_time)
  sameScope(tokens, 'openid profile points:read')
})

await check('code_with_pushed_request', async () => {
  const config = await byKey()
  const { address, answer, checks } = await ask(config, { pushed: true })
  assert.deepEqual([...address.searchParams.keys()].sort(), ['client_id', 'request_uri'])
  assert.equal((await client.authorizationCodeGrant(config, answer, checks)).claims().sub, member)
})

await check('code_is_redeemed_once', async () => {
  const config = await byBasic()
  const { answer, checks } = await ask(config)
  const tokens = await client.authorizationCodeGrant(config, answer, checks)
  await refused(client.authorizationCodeGrant(config, answer, checks), 'invalid_grant')
  assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, false)
})

await check('an_answer_of_another_issuer_is_noticed', async () => {
  const config = await byBasic()
  const { answer, checks } = await ask(config)
  assert.equal(answer.searchParams.get('iss'), issuer)
  for (const spoil of [(query) => query.set('iss', 'https://other.example'), (query) => query.delete('iss')]) {
    const spoilt = new URL(answer)
    spoil(spoilt.searchParams)
    await assert.rejects(client.authorizationCodeGrant(config, spoilt, checks), client.ClientError)
  }
})

await check('a_member_does_not_consent', async () => {
  const config = await byBasic()
  await refused(signIn(config, { prompt: 'consent', deny: true }), 'access_denied')
})

await check('nobody_is_asked', async () => {
  await refused(signIn(await asApp(), { back: app.callback, prompt: 'none' }), 'consent_required')
  assert.equal((await signIn(await byBasic(), { prompt: 'none' })).claims().sub, member)
})

await check('userinfo', async () => {
  const config = await byBasic()
  const { access_token } = await signIn(config, { scope: 'openid profile' })
  assert.equal((await client.fetchUserInfo(config, access_token, member)).name, 'Sara Ahmadi')
  await assert.rejects(client.fetchUserInfo(config, access_token, 'mbr_of_somebody_else'))
})

await check('refresh_tokens_of_servers_are_kept', async () => {
  const config = await byBasic()
  const { refresh_token } = await signIn(config, { scope: 'openid points:read' })
  for (const scope of ['openid points:read', 'openid']) {
    const next = await client.refreshTokenGrant(config, refresh_token, { scope })
    assert.equal(next.refresh_token, refresh_token)
    sameScope(next, scope)
  }
})

await check('refresh_tokens_of_apps_rotate_and_reuse_ends_all', async () => {
  const config = await asApp()
  const first = await signIn(config, { back: app.callback })
  const second = await client.refreshTokenGrant(config, first.refresh_token)
  assert.notEqual(second.refresh_token, first.refresh_token)
  const third = await client.refreshTokenGrant(config, second.refresh_token)
  await refused(client.refreshTokenGrant(config, first.refresh_token), 'invalid_grant')
  await refused(client.refreshTokenGrant(config, third.refresh_token), 'invalid_grant')
})

await check('dpop_by_the_way_of_fapi', async () => {
  const config = await asBank()
  const { counted, DPoP } = await bound(config)
  const tokens = await signIn(config, { scope: 'openid points:read', pushed: true, DPoP })
  assert.equal(tokens.token_type, 'dpop')
  assert.ok(counted.nonces > 0)
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, member, { DPoP })).sub, member)
  const told = await client.tokenIntrospection(config, tokens.access_token)
  assert.ok(told.cnf.jkt)
  const next = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
  assert.equal(next.token_type, 'dpop')
})

await check('dpop_at_the_api', async () => {
  const config = await asBank()
  const { DPoP } = await bound(config)
  const { access_token } = await client.clientCredentialsGrant(config, { scope: 'points:read' }, { DPoP })
  assert.equal((await whoAmI(config, access_token, DPoP)).client_id, bank.client_id)
  await assert.rejects(whoAmI(config, access_token), client.WWWAuthenticateChallengeError)
  await assert.rejects(whoAmI(config, access_token, (await bound(config)).DPoP), client.WWWAuthenticateChallengeError)
})

await check('a_client_that_is_bound_gets_no_bearer_token', async () => {
  await refused(client.clientCredentialsGrant(await asBank(), { scope: 'points:read' }), 'invalid_dpop_proof')
})

await check('device_grant', async () => {
  const config = await asTill()
  const { DPoP } = await bound(config)
  const codes = await client.initiateDeviceAuthorization(config, { scope: 'points:earn points:read' })
  assert.ok(codes.verification_uri_complete.includes(codes.user_code))
  await decide(codes.user_code, true)
  const tokens = await client.pollDeviceAuthorizationGrant(config, { ...codes, interval: 0 }, undefined, { DPoP })
  assert.equal((await whoAmI(config, tokens.access_token, DPoP)).stores.length, 1)
  const next = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
  assert.notEqual(next.refresh_token, tokens.refresh_token)
  const again = client.pollDeviceAuthorizationGrant(config, { ...codes, interval: 0 }, undefined, { DPoP })
  await refused(again, 'invalid_grant')
})

await check('a_terminal_is_turned_away', async () => {
  const config = await asTill()
  const { DPoP } = await bound(config)
  const codes = await client.initiateDeviceAuthorization(config, {})
  await decide(codes.user_code, false)
  const polled = client.pollDeviceAuthorizationGrant(config, { ...codes, interval: 0 }, undefined, { DPoP })
  await refused(polled, 'access_denied')
})

await check('introspection_and_revocation', async () => {
  const config = await byBasic()
  const tokens = await signIn(config, { scope: 'openid points:read' })
  const known = await client.tokenIntrospection(config, tokens.access_token)
  assert.deepEqual([known.active, known.sub, known.client_id], [true, member, shop.client_id])
  assert.equal((await client.tokenIntrospection(await byKey(), tokens.access_token)).active, false)
  await client.tokenRevocation(config, tokens.refresh_token)
  assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, false)
  await refused(client.refreshTokenGrant(config, tokens.refresh_token), 'invalid_grant')
})

await check('rich_authorization', async () => {
  const config = await byBasic()
  const detail = { type: 'points_redemption', points: 500, amount_minor: 500, currency: 'USD' }
  const scope = 'openid points:redeem'
  const tokens = await signIn(config, { scope, pushed: true, authorization_details: JSON.stringify([detail]) })
  assert.equal(tokens.authorization_details[0].points, 500)
  assert.match(tokens.authorization_details[0].identifier, /^aut_/)
})

await check('registration', async () => {
  const metadata = { client_name: 'Trial', redirect_uris: [callback], token_endpoint_auth_method: 'client_secret_basic' }
  const register = (initialAccessToken) =>
    client.dynamicClientRegistration(new URL(issuer), metadata, undefined, { execute, initialAccessToken })
  await assert.rejects(register('wrong'), { status: 401 })
  const config = await register(initial_token)
  assert.equal((await signIn(config)).claims().sub, member)
})

await check('logout', async () => {
  const config = await byBasic()
  const { id_token } = await signIn(config)
  const parameters = { id_token_hint: id_token, post_logout_redirect_uri: goodbye, state: 'bye' }
  const place = await visit(client.buildEndSessionUrl(config, parameters))
  assert.equal(place.href, `${goodbye}?state=bye`)
  await refused(signIn(config, { prompt: 'none' }), 'login_required')
})

end()

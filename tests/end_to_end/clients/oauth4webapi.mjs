// oauth4webapi, the low-level library: every request and every answer by itself, against the network.

import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { check, decide, end, keyOf, refused, sameScope, told, visit } from './talk.mjs'

const { issuer, api, callback, goodbye, clients, member, initial_token } = told
const { shop, server, bank, app, till } = clients
const plain = { [oauth.allowInsecureRequests]: true } // a loopback address has no TLS

const discover = async (algorithm) =>
  oauth.processDiscoveryResponse(
    new URL(issuer),
    await oauth.discoveryRequest(new URL(issuer), { algorithm, ...plain }),
  )
const as = await discover('oidc')

// A client with the way it authenticates; `DPoP` once it has a key of its own for its tokens.
const party = (who, authentication, more = {}) => ({
  client: { client_id: who.client_id, ...more },
  authentication,
  callback: who.callback ?? callback,
})
const byBasic = party(shop, oauth.ClientSecretBasic(shop.client_secret))
const byPost = party(shop, oauth.ClientSecretPost(shop.client_secret))
const byKey = party(server, oauth.PrivateKeyJwt(await keyOf(server.key)))
const asBank = party(bank, oauth.PrivateKeyJwt(await keyOf(bank.key)), { id_token_signed_response_alg: 'ES256' })
const asApp = party(app, oauth.None())
const asTill = party(till, oauth.None())

async function bound(who) {
  return { ...who, DPoP: oauth.DPoP(who.client, await oauth.generateKeyPair('ES256')) }
}

let nonces = 0

// Ask, and ask again where another nonce is wanted: the library has kept it.
async function proven(attempt) {
  try {
    return await attempt()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    nonces += 1
    return attempt()
  }
}

async function push(who, parameters) {
  const { client, authentication, DPoP } = who
  const pushed = await proven(async () =>
    oauth.processPushedAuthorizationResponse(
      as,
      client,
      await oauth.pushedAuthorizationRequest(as, client, authentication, parameters, { DPoP, ...plain }),
    ),
  )
  return new URLSearchParams({ client_id: client.client_id, request_uri: pushed.request_uri })
}

async function ask(who, { scope = 'openid', pushed = false, deny = false, ...more } = {}) {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const nonce = oauth.generateRandomNonce()
  let parameters = new URLSearchParams({
    client_id: who.client.client_id,
    redirect_uri: who.callback,
    response_type: 'code',
    scope,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...more,
  })
  if (pushed) parameters = await push(who, parameters)
  const answer = await visit(`${as.authorization_endpoint}?${parameters}`, { deny })
  return { answer, state, nonce, verifier }
}

async function redeem(who, { answer, state, nonce, verifier }) {
  const { client, authentication, DPoP } = who
  const parameters = oauth.validateAuthResponse(as, client, answer, state)
  return proven(async () => {
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      authentication,
      parameters,
      who.callback,
      verifier,
      { DPoP, ...plain },
    )
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    })
    await oauth.validateApplicationLevelSignature(as, response, plain)
    return tokens
  })
}

const signIn = async (who, options) => redeem(who, await ask(who, options))
const subjectOf = (tokens) => oauth.getValidatedIdTokenClaims(tokens).sub

const refresh = ({ client, authentication, DPoP }, token, scope) =>
  proven(async () =>
    oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, authentication, token, {
        DPoP,
        ...plain,
        ...(scope ? { additionalParameters: { scope } } : {}),
      }),
    ),
  )

const own = ({ client, authentication, DPoP }, scope) =>
  proven(async () =>
    oauth.processClientCredentialsResponse(
      as,
      client,
      await oauth.clientCredentialsGrantRequest(as, client, authentication, { scope }, { DPoP, ...plain }),
    ),
  )

const whoAmI = (token, DPoP) =>
  proven(async () => {
    const answer = await oauth.protectedResourceRequest(token, 'GET', new URL(api), undefined, undefined, {
      DPoP,
      ...plain,
    })
    assert.equal(answer.status, 200)
    return answer.json()
  })

const introspect = async ({ client, authentication }, token) =>
  oauth.processIntrospectionResponse(
    as,
    client,
    await oauth.introspectionRequest(as, client, authentication, token, plain),
  )

const userinfo = ({ client, DPoP }, token, subject = member) =>
  proven(async () =>
    oauth.processUserInfoResponse(as, client, subject, await oauth.userInfoRequest(as, client, token, { DPoP, ...plain })),
  )

const showCode = async ({ client, authentication }, scope) =>
  oauth.processDeviceAuthorizationResponse(
    as,
    client,
    await oauth.deviceAuthorizationRequest(as, client, authentication, scope ? { scope } : {}, plain),
  )

const poll = ({ client, authentication, DPoP }, codes) =>
  proven(async () =>
    oauth.processDeviceCodeResponse(
      as,
      client,
      await oauth.deviceCodeGrantRequest(as, client, authentication, codes.device_code, { DPoP, ...plain }),
    ),
  )

await check('discovery', async () => {
  assert.deepEqual(await discover('oauth2'), as)
  assert.equal(as.issuer, issuer)
})

for (const [name, who] of Object.entries({ secret_basic: byBasic, secret_post: byPost, private_key_jwt: byKey })) {
  await check(`client_credentials_by_${name}`, async () => {
    const tokens = await own(who, 'points:read')
    assert.equal(tokens.scope, 'points:read')
    assert.equal((await whoAmI(tokens.access_token)).client_id, who.client.client_id)
  })
}

await check('a_wrong_secret_is_refused', async () => {
  await assert.rejects(own(party(shop, oauth.ClientSecretBasic('wrong')), 'points:read'), { status: 401 })
})

await check('code_with_pkce', async () => {
  const tokens = await signIn(byBasic, { scope: 'openid profile points:read', max_age: '3600' })
  assert.equal(subjectOf(tokens), member)
  assert.ok(oauth.getValidatedIdTokenClaims(tokens).auth_time)
  sameScope(tokens, 'openid profile points:read')
})

await check('code_with_pushed_request', async () => {
  assert.equal(subjectOf(await signIn(byKey, { pushed: true })), member)
})

await check('code_is_redeemed_once', async () => {
  const answered = await ask(byBasic)
  const tokens = await redeem(byBasic, answered)
  await refused(redeem(byBasic, answered), 'invalid_grant')
  assert.equal((await introspect(byBasic, tokens.access_token)).active, false)
})

await check('an_answer_of_another_issuer_is_noticed', async () => {
  const { answer, state } = await ask(byBasic)
  assert.equal(answer.searchParams.get('iss'), issuer)
  for (const spoil of [(query) => query.set('iss', 'https://other.example'), (query) => query.delete('iss')]) {
    const spoilt = new URL(answer)
    spoil(spoilt.searchParams)
    assert.throws(() => oauth.validateAuthResponse(as, byBasic.client, spoilt, state), oauth.OperationProcessingError)
  }
})

await check('a_member_does_not_consent', async () => {
  await refused(signIn(byBasic, { prompt: 'consent', deny: true }), 'access_denied')
})

await check('nobody_is_asked', async () => {
  await refused(signIn(asApp, { prompt: 'none' }), 'consent_required')
  assert.equal(subjectOf(await signIn(byBasic, { prompt: 'none' })), member)
})

await check('userinfo', async () => {
  const { access_token } = await signIn(byBasic, { scope: 'openid profile' })
  assert.equal((await userinfo(byBasic, access_token)).name, 'Sara Ahmadi')
  await assert.rejects(userinfo(byBasic, access_token, 'mbr_of_somebody_else'))
})

await check('refresh_tokens_of_servers_are_kept', async () => {
  const { refresh_token } = await signIn(byBasic, { scope: 'openid points:read' })
  for (const scope of ['openid points:read', 'openid']) {
    const next = await refresh(byBasic, refresh_token, scope)
    assert.equal(next.refresh_token, refresh_token)
    sameScope(next, scope)
  }
})

await check('refresh_tokens_of_apps_rotate_and_reuse_ends_all', async () => {
  const first = await signIn(asApp)
  const second = await refresh(asApp, first.refresh_token)
  assert.notEqual(second.refresh_token, first.refresh_token)
  const third = await refresh(asApp, second.refresh_token)
  await refused(refresh(asApp, first.refresh_token), 'invalid_grant')
  await refused(refresh(asApp, third.refresh_token), 'invalid_grant')
})

await check('dpop_by_the_way_of_fapi', async () => {
  const who = await bound(asBank)
  const before = nonces
  const tokens = await signIn(who, { scope: 'openid points:read', pushed: true })
  assert.equal(tokens.token_type, 'dpop')
  assert.ok(nonces > before)
  assert.equal((await userinfo(who, tokens.access_token)).sub, member)
  assert.ok((await introspect(who, tokens.access_token)).cnf.jkt)
  assert.equal((await refresh(who, tokens.refresh_token)).token_type, 'dpop')
})

await check('dpop_at_the_api', async () => {
  const who = await bound(asBank)
  const { access_token } = await own(who, 'points:read')
  assert.equal((await whoAmI(access_token, who.DPoP)).client_id, bank.client_id)
  await assert.rejects(whoAmI(access_token), oauth.WWWAuthenticateChallengeError)
  await assert.rejects(whoAmI(access_token, (await bound(asBank)).DPoP), oauth.WWWAuthenticateChallengeError)
})

await check('a_client_that_is_bound_gets_no_bearer_token', async () => {
  await refused(own(asBank, 'points:read'), 'invalid_dpop_proof')
})

await check('device_grant', async () => {
  const who = await bound(asTill)
  const codes = await showCode(who, 'points:earn points:read')
  assert.ok(codes.verification_uri_complete.includes(codes.user_code))
  await decide(codes.user_code, true)
  const tokens = await poll(who, codes)
  assert.equal((await whoAmI(tokens.access_token, who.DPoP)).stores.length, 1)
  assert.notEqual((await refresh(who, tokens.refresh_token)).refresh_token, tokens.refresh_token)
  await refused(poll(who, codes), 'invalid_grant')
})

await check('a_terminal_is_turned_away', async () => {
  const who = await bound(asTill)
  const codes = await showCode(who)
  await refused(poll(who, codes), 'authorization_pending')
  await decide(codes.user_code, false)
  await refused(poll(who, codes), 'access_denied')
})

await check('introspection_and_revocation', async () => {
  const tokens = await signIn(byBasic, { scope: 'openid points:read' })
  const known = await introspect(byBasic, tokens.access_token)
  assert.deepEqual([known.active, known.sub, known.client_id], [true, member, shop.client_id])
  assert.equal((await introspect(byKey, tokens.access_token)).active, false)
  const { client, authentication } = byBasic
  const revoke = await oauth.revocationRequest(as, client, authentication, tokens.refresh_token, plain)
  await oauth.processRevocationResponse(revoke)
  assert.equal((await introspect(byBasic, tokens.access_token)).active, false)
  await refused(refresh(byBasic, tokens.refresh_token), 'invalid_grant')
})

await check('rich_authorization', async () => {
  const detail = { type: 'points_redemption', points: 500, amount_minor: 500, currency: 'USD' }
  const authorization_details = JSON.stringify([detail])
  const tokens = await signIn(byBasic, { scope: 'openid points:redeem', pushed: true, authorization_details })
  assert.equal(tokens.authorization_details[0].points, 500)
  assert.match(tokens.authorization_details[0].identifier, /^aut_/)
})

await check('registration', async () => {
  const metadata = { client_name: 'Trial', redirect_uris: [callback], token_endpoint_auth_method: 'client_secret_basic' }
  const register = async (initialAccessToken) =>
    oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(as, metadata, { initialAccessToken, ...plain }),
    )
  await assert.rejects(register('wrong'), { status: 401 })
  const made = await register(initial_token)
  assert.equal(subjectOf(await signIn(party(made, oauth.ClientSecretBasic(made.client_secret)))), member)
})

await check('logout', async () => {
  const { id_token } = await signIn(byBasic)
  const address = new URL(as.end_session_endpoint)
  address.search = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: goodbye, state: 'bye' })
  assert.equal((await visit(address)).href, `${goodbye}?state=bye`)
  await refused(signIn(byBasic, { prompt: 'none' }), 'login_required')
})

end()

// Written by `cargo xtask gen` from bindings/boundary; edit it there.
'use strict';

const base = require('./base.js');

function readMoney(raw) {
  return Object.freeze({
    amount: raw.amount,
    currency: raw.currency,
  });
}

function writeMoney(name, value) {
  base.record(name, value, ['amount', 'currency']);
  return {
    amount: base.exact(`${name}.amount`, value.amount),
    currency: base.text(`${name}.currency`, value.currency),
  };
}

function readCharge(raw) {
  return Object.freeze({
    kind: raw.kind,
    name: raw.name,
    amount: readMoney(raw.amount),
    tax: raw.tax === null ? null : readMoney(raw.tax),
  });
}

function writeCharge(name, value) {
  base.record(name, value, ['kind', 'name', 'amount', 'tax']);
  return {
    kind: base.text(`${name}.kind`, value.kind),
    name: base.text(`${name}.name`, value.name),
    amount: writeMoney(`${name}.amount`, value.amount),
    tax: value.tax === undefined || value.tax === null ? null : writeMoney(`${name}.tax`, value.tax),
  };
}

function readLinePackage(raw) {
  return Object.freeze({
    tracking: raw.tracking,
    carrier: raw.carrier,
    quantity: raw.quantity,
  });
}

function writeLinePackage(name, value) {
  base.record(name, value, ['tracking', 'carrier', 'quantity']);
  return {
    tracking: base.text(`${name}.tracking`, value.tracking),
    carrier: base.text(`${name}.carrier`, value.carrier),
    quantity: base.count(`${name}.quantity`, value.quantity),
  };
}

function readLine(raw) {
  return Object.freeze({
    lineId: raw.line_id,
    sku: raw.sku,
    title: raw.title,
    ordered: raw.ordered,
    cancelled: raw.cancelled,
    shipped: raw.shipped,
    delivered: raw.delivered,
    cancelRequested: raw.cancel_requested,
    charges: Object.freeze(raw.charges.map(readCharge)),
    packages: Object.freeze(raw.packages.map(readLinePackage)),
  });
}

function readAddress(raw) {
  return Object.freeze({
    name: raw.name,
    line1: raw.line1,
    line2: raw.line2,
    city: raw.city,
    region: raw.region,
    postalCode: raw.postal_code,
    country: raw.country,
    phone: raw.phone,
    email: raw.email,
    nameState: raw.name_state,
    linesState: raw.lines_state,
    phoneState: raw.phone_state,
    emailState: raw.email_state,
  });
}

function writeAddress(name, value) {
  base.record(name, value, ['name', 'line1', 'line2', 'city', 'region', 'postalCode', 'country', 'phone', 'email', 'nameState', 'linesState', 'phoneState', 'emailState']);
  return {
    name: base.text(`${name}.name`, value.name),
    line1: base.text(`${name}.line1`, value.line1),
    line2: base.text(`${name}.line2`, value.line2),
    city: base.text(`${name}.city`, value.city),
    region: base.text(`${name}.region`, value.region),
    postal_code: base.text(`${name}.postalCode`, value.postalCode),
    country: base.text(`${name}.country`, value.country),
    phone: base.text(`${name}.phone`, value.phone),
    email: base.text(`${name}.email`, value.email),
    name_state: base.text(`${name}.nameState`, value.nameState),
    lines_state: base.text(`${name}.linesState`, value.linesState),
    phone_state: base.text(`${name}.phoneState`, value.phoneState),
    email_state: base.text(`${name}.emailState`, value.emailState),
  };
}

function readHold(raw) {
  return Object.freeze({
    reason: raw.reason,
    detail: raw.detail,
    why: raw.why,
  });
}

function readException(raw) {
  return Object.freeze({
    code: raw.code,
    about: raw.about,
    detail: raw.detail,
    since: new Date(raw.since),
  });
}

function readProof(raw) {
  return Object.freeze({
    rule: raw.rule,
    verdict: raw.verdict,
    reason: raw.reason,
    code: raw.code,
    value: raw.value,
  });
}

function readMoment(raw) {
  return Object.freeze({
    seq: raw.seq,
    at: new Date(raw.at),
    kind: raw.kind,
    words: raw.words,
  });
}

function readCommand(raw) {
  return Object.freeze({
    name: raw.name,
    verb: raw.verb,
    state: raw.state,
    attempt: raw.attempt,
    intendedAt: new Date(raw.intended_at),
    latestSafe: new Date(raw.latest_safe),
    why: raw.why,
  });
}

function readDeadline(raw) {
  return Object.freeze({
    kind: raw.kind,
    due: new Date(raw.due),
    target: raw.target === null ? null : new Date(raw.target),
    alarmAt: new Date(raw.alarm_at),
    estimated: raw.estimated,
    consequence: raw.consequence,
  });
}

function readReturnedUnits(raw) {
  return Object.freeze({
    quantity: raw.quantity,
    back: raw.back,
    reason: raw.reason,
    lineId: raw.line_id,
    sku: raw.sku,
  });
}

function writeReturnedUnits(name, value) {
  base.record(name, value, ['quantity', 'back', 'reason', 'lineId', 'sku']);
  return {
    quantity: base.count(`${name}.quantity`, value.quantity),
    back: base.count(`${name}.back`, value.back),
    reason: base.text(`${name}.reason`, value.reason),
    line_id: value.lineId === undefined || value.lineId === null ? null : base.text(`${name}.lineId`, value.lineId),
    sku: value.sku === undefined || value.sku === null ? null : base.text(`${name}.sku`, value.sku),
  };
}

function readReturn(raw) {
  return Object.freeze({
    id: raw.id,
    stage: raw.stage,
    status: raw.status,
    openedAt: raw.opened_at === null ? null : new Date(raw.opened_at),
    refund: raw.refund,
    lines: Object.freeze(raw.lines.map(readReturnedUnits)),
  });
}

function readOrder(raw) {
  return Object.freeze({
    channel: raw.channel,
    channelOrderId: raw.channel_order_id,
    phase: raw.phase,
    why: raw.why,
    placedAt: new Date(raw.placed_at),
    dueAt: raw.due_at === null ? null : new Date(raw.due_at),
    fulfilledBy: raw.fulfilled_by,
    total: raw.total === null ? null : readMoney(raw.total),
    acknowledged: raw.acknowledged,
    method: raw.method,
    lines: Object.freeze(raw.lines.map(readLine)),
    holds: Object.freeze(raw.holds.map(readHold)),
    exceptions: Object.freeze(raw.exceptions.map(readException)),
  });
}

function readOrderPage(raw) {
  return Object.freeze({
    orders: Object.freeze(raw.orders.map(readOrder)),
    next: raw.next,
  });
}

function readWholeOrder(raw) {
  return Object.freeze({
    order: readOrder(raw.order),
    shipTo: raw.ship_to === null ? null : readAddress(raw.ship_to),
    proofs: Object.freeze(raw.proofs.map(readProof)),
    commands: Object.freeze(raw.commands.map(readCommand)),
    deadlines: Object.freeze(raw.deadlines.map(readDeadline)),
    returns: Object.freeze(raw.returns.map(readReturn)),
    timeline: Object.freeze(raw.timeline.map(readMoment)),
  });
}

function readChange(raw) {
  return Object.freeze({
    seq: raw.seq,
    at: new Date(raw.at),
    channel: raw.channel,
    channelOrderId: raw.channel_order_id,
    phase: raw.phase,
    kind: raw.kind,
    words: raw.words,
  });
}

function readLineQuantity(raw) {
  return Object.freeze({
    lineId: raw.line_id,
    quantity: raw.quantity,
  });
}

function writeLineQuantity(name, value) {
  base.record(name, value, ['lineId', 'quantity']);
  return {
    line_id: base.text(`${name}.lineId`, value.lineId),
    quantity: base.count(`${name}.quantity`, value.quantity),
  };
}

function readRefundPart(raw) {
  return Object.freeze({
    lineId: raw.line_id,
    charge: raw.charge,
    amount: readMoney(raw.amount),
    tax: raw.tax === null ? null : readMoney(raw.tax),
  });
}

function writeRefundPart(name, value) {
  base.record(name, value, ['lineId', 'charge', 'amount', 'tax']);
  return {
    line_id: base.text(`${name}.lineId`, value.lineId),
    charge: base.text(`${name}.charge`, value.charge),
    amount: writeMoney(`${name}.amount`, value.amount),
    tax: value.tax === undefined || value.tax === null ? null : writeMoney(`${name}.tax`, value.tax),
  };
}

function readStepped(raw) {
  return Object.freeze({
    done: raw.done,
    nextAt: raw.next_at === null ? null : new Date(raw.next_at),
  });
}

function readTicket(raw) {
  return Object.freeze({
    id: raw.id,
  });
}

function readTicketOutcome(raw) {
  return Object.freeze({
    state: raw.state,
    words: raw.words,
  });
}

function readBudget(raw) {
  return Object.freeze({
    scope: raw.scope,
    taken: raw.taken,
    refused: raw.refused,
  });
}

function readJudgeHealth(raw) {
  return Object.freeze({
    rule: raw.rule,
    waiting: raw.waiting,
    failures: raw.failures,
    lastError: raw.last_error,
  });
}

function readHealth(raw) {
  return Object.freeze({
    channel: raw.channel,
    completeTo: raw.complete_to === null ? null : new Date(raw.complete_to),
    token: raw.token,
    waiting: raw.waiting,
    doubts: raw.doubts,
    unresolved: raw.unresolved,
    pending: raw.pending,
    deadlinesAtRisk: raw.deadlines_at_risk,
    lastError: raw.last_error,
    lastErrorAt: raw.last_error_at === null ? null : new Date(raw.last_error_at),
    ended: raw.ended,
    nextPullAt: raw.next_pull_at === null ? null : new Date(raw.next_pull_at),
    pulls: raw.pulls,
    missingRights: Object.freeze(raw.missing_rights),
    budgets: Object.freeze(raw.budgets.map(readBudget)),
    rules: Object.freeze(raw.rules.map(readJudgeHealth)),
  });
}

function readStanding(raw) {
  return Object.freeze({
    channel: raw.channel,
    seller: raw.seller,
    missing: Object.freeze(raw.missing),
    clockOffsetMs: raw.clock_offset,
    error: raw.error,
  });
}

function readItem(raw) {
  return Object.freeze({
    sku: raw.sku,
    counted: raw.counted,
    asOf: new Date(raw.as_of),
    demand: raw.demand,
    allocated: raw.allocated,
    available: raw.available,
  });
}

function readPhaseTotal(raw) {
  return Object.freeze({
    channel: raw.channel,
    phase: raw.phase,
    orders: raw.orders,
  });
}

function readPushReply(raw) {
  return Object.freeze({
    status: raw.status,
    body: raw.body,
    contentType: raw.content_type,
  });
}

function writePushReply(name, value) {
  base.record(name, value, ['status', 'body', 'contentType']);
  return {
    status: base.count(`${name}.status`, value.status),
    body: base.text(`${name}.body`, value.body),
    content_type: value.contentType === undefined || value.contentType === null ? null : base.text(`${name}.contentType`, value.contentType),
  };
}

function readMetric(raw) {
  return Object.freeze({
    measure: raw.measure,
    since: new Date(raw.since),
    counted: raw.counted,
    missed: raw.missed,
    missesLeft: raw.misses_left,
    broken: raw.broken,
  });
}

function readWalmartSettings(raw) {
  return Object.freeze({
    seller: raw.seller,
    clientId: raw.client_id,
    clientSecret: raw.client_secret,
    environment: raw.environment,
    baseUrl: raw.base_url,
    tokenUrl: raw.token_url,
    shipNode: raw.ship_node,
    backfillMs: raw.backfill,
    callTimeoutMs: raw.call_timeout,
    rateFactor: raw.rate_factor,
    pushPassword: raw.push_password,
    pushHmac: raw.push_hmac,
    pace: raw.pace === null ? null : readPace(raw.pace),
  });
}

function writeWalmartSettings(name, value) {
  base.record(name, value, ['seller', 'clientId', 'clientSecret', 'environment', 'baseUrl', 'tokenUrl', 'shipNode', 'backfillMs', 'callTimeoutMs', 'rateFactor', 'pushPassword', 'pushHmac', 'pace']);
  return {
    seller: base.text(`${name}.seller`, value.seller),
    client_id: base.text(`${name}.clientId`, value.clientId),
    client_secret: base.secret(`${name}.clientSecret`, value.clientSecret),
    environment: value.environment === undefined || value.environment === null ? null : base.text(`${name}.environment`, value.environment),
    base_url: value.baseUrl === undefined || value.baseUrl === null ? null : base.text(`${name}.baseUrl`, value.baseUrl),
    token_url: value.tokenUrl === undefined || value.tokenUrl === null ? null : base.text(`${name}.tokenUrl`, value.tokenUrl),
    ship_node: value.shipNode === undefined || value.shipNode === null ? null : base.text(`${name}.shipNode`, value.shipNode),
    backfill: value.backfillMs === undefined || value.backfillMs === null ? null : base.whole(`${name}.backfillMs`, value.backfillMs),
    call_timeout: value.callTimeoutMs === undefined || value.callTimeoutMs === null ? null : base.whole(`${name}.callTimeoutMs`, value.callTimeoutMs),
    rate_factor: value.rateFactor === undefined || value.rateFactor === null ? null : base.real(`${name}.rateFactor`, value.rateFactor),
    push_password: value.pushPassword === undefined || value.pushPassword === null ? null : base.secret(`${name}.pushPassword`, value.pushPassword),
    push_hmac: value.pushHmac === undefined || value.pushHmac === null ? null : base.secret(`${name}.pushHmac`, value.pushHmac),
    pace: value.pace === undefined || value.pace === null ? null : writePace(`${name}.pace`, value.pace),
  };
}

function readAmazonSettings(raw) {
  return Object.freeze({
    seller: raw.seller,
    clientId: raw.client_id,
    clientSecret: raw.client_secret,
    refreshToken: raw.refresh_token,
    region: raw.region,
    marketplaces: raw.marketplaces === null ? null : Object.freeze(raw.marketplaces),
    environment: raw.environment,
    baseUrl: raw.base_url,
    tokenUrl: raw.token_url,
    backfillMs: raw.backfill,
    callTimeoutMs: raw.call_timeout,
    rateFactor: raw.rate_factor,
    pace: raw.pace === null ? null : readPace(raw.pace),
  });
}

function writeAmazonSettings(name, value) {
  base.record(name, value, ['seller', 'clientId', 'clientSecret', 'refreshToken', 'region', 'marketplaces', 'environment', 'baseUrl', 'tokenUrl', 'backfillMs', 'callTimeoutMs', 'rateFactor', 'pace']);
  return {
    seller: base.text(`${name}.seller`, value.seller),
    client_id: base.text(`${name}.clientId`, value.clientId),
    client_secret: base.secret(`${name}.clientSecret`, value.clientSecret),
    refresh_token: base.secret(`${name}.refreshToken`, value.refreshToken),
    region: value.region === undefined || value.region === null ? null : base.text(`${name}.region`, value.region),
    marketplaces: value.marketplaces === undefined || value.marketplaces === null ? null : base.many(`${name}.marketplaces`, value.marketplaces).map((one) => base.text(`${name}.marketplaces`, one)),
    environment: value.environment === undefined || value.environment === null ? null : base.text(`${name}.environment`, value.environment),
    base_url: value.baseUrl === undefined || value.baseUrl === null ? null : base.text(`${name}.baseUrl`, value.baseUrl),
    token_url: value.tokenUrl === undefined || value.tokenUrl === null ? null : base.text(`${name}.tokenUrl`, value.tokenUrl),
    backfill: value.backfillMs === undefined || value.backfillMs === null ? null : base.whole(`${name}.backfillMs`, value.backfillMs),
    call_timeout: value.callTimeoutMs === undefined || value.callTimeoutMs === null ? null : base.whole(`${name}.callTimeoutMs`, value.callTimeoutMs),
    rate_factor: value.rateFactor === undefined || value.rateFactor === null ? null : base.real(`${name}.rateFactor`, value.rateFactor),
    pace: value.pace === undefined || value.pace === null ? null : writePace(`${name}.pace`, value.pace),
  };
}

function readEbaySettings(raw) {
  return Object.freeze({
    seller: raw.seller,
    clientId: raw.client_id,
    clientSecret: raw.client_secret,
    refreshToken: raw.refresh_token,
    marketplace: raw.marketplace,
    environment: raw.environment,
    baseUrl: raw.base_url,
    tokenUrl: raw.token_url,
    backfillMs: raw.backfill,
    callTimeoutMs: raw.call_timeout,
    rateFactor: raw.rate_factor,
    notificationEndpoint: raw.notification_endpoint,
    verificationToken: raw.verification_token,
    pace: raw.pace === null ? null : readPace(raw.pace),
  });
}

function writeEbaySettings(name, value) {
  base.record(name, value, ['seller', 'clientId', 'clientSecret', 'refreshToken', 'marketplace', 'environment', 'baseUrl', 'tokenUrl', 'backfillMs', 'callTimeoutMs', 'rateFactor', 'notificationEndpoint', 'verificationToken', 'pace']);
  return {
    seller: base.text(`${name}.seller`, value.seller),
    client_id: base.text(`${name}.clientId`, value.clientId),
    client_secret: base.secret(`${name}.clientSecret`, value.clientSecret),
    refresh_token: base.secret(`${name}.refreshToken`, value.refreshToken),
    marketplace: value.marketplace === undefined || value.marketplace === null ? null : base.text(`${name}.marketplace`, value.marketplace),
    environment: value.environment === undefined || value.environment === null ? null : base.text(`${name}.environment`, value.environment),
    base_url: value.baseUrl === undefined || value.baseUrl === null ? null : base.text(`${name}.baseUrl`, value.baseUrl),
    token_url: value.tokenUrl === undefined || value.tokenUrl === null ? null : base.text(`${name}.tokenUrl`, value.tokenUrl),
    backfill: value.backfillMs === undefined || value.backfillMs === null ? null : base.whole(`${name}.backfillMs`, value.backfillMs),
    call_timeout: value.callTimeoutMs === undefined || value.callTimeoutMs === null ? null : base.whole(`${name}.callTimeoutMs`, value.callTimeoutMs),
    rate_factor: value.rateFactor === undefined || value.rateFactor === null ? null : base.real(`${name}.rateFactor`, value.rateFactor),
    notification_endpoint: value.notificationEndpoint === undefined || value.notificationEndpoint === null ? null : base.text(`${name}.notificationEndpoint`, value.notificationEndpoint),
    verification_token: value.verificationToken === undefined || value.verificationToken === null ? null : base.secret(`${name}.verificationToken`, value.verificationToken),
    pace: value.pace === undefined || value.pace === null ? null : writePace(`${name}.pace`, value.pace),
  };
}

function readPace(raw) {
  return Object.freeze({
    origin: new Date(raw.origin),
    started: new Date(raw.started),
    speed: raw.speed,
  });
}

function writePace(name, value) {
  base.record(name, value, ['origin', 'started', 'speed']);
  return {
    origin: base.instant(`${name}.origin`, value.origin),
    started: base.instant(`${name}.started`, value.started),
    speed: base.real(`${name}.speed`, value.speed),
  };
}

function readMarket(raw) {
  return Object.freeze({
    marketplace: raw.marketplace,
    baseUrl: raw.base_url,
    tokenUrl: raw.token_url,
    seller: raw.seller,
    clientId: raw.client_id,
    clientSecret: raw.client_secret,
    refreshToken: raw.refresh_token,
    onHand: raw.on_hand,
    pace: readPace(raw.pace),
  });
}

function readEffects(raw) {
  return Object.freeze({
    acknowledged: raw.acknowledged,
    requests: raw.requests,
    tooMany: raw.too_many,
    reofferedAfterSeen: raw.reoffered_after_seen,
  });
}

function readAskedOrder(raw) {
  return Object.freeze({
    channel: raw.channel,
    channelOrderId: raw.channel_order_id,
    placedAt: raw.placed_at === null ? null : new Date(raw.placed_at),
    fulfilledBy: raw.fulfilled_by,
    total: raw.total === null ? null : readMoney(raw.total),
    method: raw.method,
    lines: Object.freeze(raw.lines.map(readLine)),
    shipTo: raw.ship_to === null ? null : readAddress(raw.ship_to),
    items: Object.freeze(raw.items.map(readItem)),
    now: new Date(raw.now),
  });
}

function readVerdict(raw) {
  return Object.freeze({
    verdict: raw.verdict,
    code: raw.code,
    value: raw.value,
  });
}

function writeVerdict(name, value) {
  base.record(name, value, ['verdict', 'code', 'value']);
  return {
    verdict: base.text(`${name}.verdict`, value.verdict),
    code: base.text(`${name}.code`, value.code),
    value: base.text(`${name}.value`, value.value),
  };
}

function readDecision(raw) {
  return Object.freeze({
    accept: raw.accept,
    holds: Object.freeze(raw.holds.map(readHold)),
    proofs: Object.freeze(raw.proofs.map(readProof)),
  });
}

function readNormalOrder(raw) {
  return Object.freeze({
    channelOrderId: raw.channel_order_id,
    placedAt: raw.placed_at === null ? null : new Date(raw.placed_at),
    fulfilledBy: raw.fulfilled_by,
    total: raw.total === null ? null : readMoney(raw.total),
    lines: Object.freeze(raw.lines.map(readLine)),
    shipTo: readAddress(raw.ship_to),
    unmapped: Object.freeze(raw.unmapped),
  });
}

function readRateLimit(raw) {
  return Object.freeze({
    calls: raw.calls,
    perSecond: raw.per_second,
    burst: raw.burst,
  });
}

function writeRateLimit(name, value) {
  base.record(name, value, ['calls', 'perSecond', 'burst']);
  return {
    calls: base.text(`${name}.calls`, value.calls),
    per_second: base.real(`${name}.perSecond`, value.perSecond),
    burst: base.real(`${name}.burst`, value.burst),
  };
}

function readStreamProfile(raw) {
  return Object.freeze({
    id: raw.id,
    kind: raw.kind,
    horizonMs: raw.horizon,
  });
}

function writeStreamProfile(name, value) {
  base.record(name, value, ['id', 'kind', 'horizonMs']);
  return {
    id: base.text(`${name}.id`, value.id),
    kind: base.text(`${name}.kind`, value.kind),
    horizon: base.whole(`${name}.horizonMs`, value.horizonMs),
  };
}

function readVerbProfile(raw) {
  return Object.freeze({
    verb: raw.verb,
    repeat: raw.repeat,
    repeatPartial: raw.repeat_partial,
    probe: raw.probe,
    lagMs: raw.lag,
    callTimeoutMs: raw.call_timeout,
    applyMaxMs: raw.apply_max,
    answerMeansApplied: raw.answer_means_applied,
    batchMax: raw.batch_max,
  });
}

function writeVerbProfile(name, value) {
  base.record(name, value, ['verb', 'repeat', 'repeatPartial', 'probe', 'lagMs', 'callTimeoutMs', 'applyMaxMs', 'answerMeansApplied', 'batchMax']);
  return {
    verb: base.text(`${name}.verb`, value.verb),
    repeat: base.text(`${name}.repeat`, value.repeat),
    repeat_partial: value.repeatPartial === undefined || value.repeatPartial === null ? null : base.text(`${name}.repeatPartial`, value.repeatPartial),
    probe: value.probe === undefined || value.probe === null ? null : base.text(`${name}.probe`, value.probe),
    lag: value.lagMs === undefined || value.lagMs === null ? null : base.whole(`${name}.lagMs`, value.lagMs),
    call_timeout: value.callTimeoutMs === undefined || value.callTimeoutMs === null ? null : base.whole(`${name}.callTimeoutMs`, value.callTimeoutMs),
    apply_max: value.applyMaxMs === undefined || value.applyMaxMs === null ? null : base.whole(`${name}.applyMaxMs`, value.applyMaxMs),
    answer_means_applied: value.answerMeansApplied === undefined || value.answerMeansApplied === null ? null : base.truth(`${name}.answerMeansApplied`, value.answerMeansApplied),
    batch_max: value.batchMax === undefined || value.batchMax === null ? null : base.count(`${name}.batchMax`, value.batchMax),
  };
}

function readReturnsProfile(raw) {
  return Object.freeze({
    horizonMs: raw.horizon,
    overlapMs: raw.overlap,
    everyMs: raw.every,
  });
}

function writeReturnsProfile(name, value) {
  base.record(name, value, ['horizonMs', 'overlapMs', 'everyMs']);
  return {
    horizon: base.whole(`${name}.horizonMs`, value.horizonMs),
    overlap: value.overlapMs === undefined || value.overlapMs === null ? null : base.whole(`${name}.overlapMs`, value.overlapMs),
    every: value.everyMs === undefined || value.everyMs === null ? null : base.whole(`${name}.everyMs`, value.everyMs),
  };
}

function readChannelProfile(raw) {
  return Object.freeze({
    seller: raw.seller,
    marketplace: raw.marketplace,
    verbs: Object.freeze(raw.verbs.map(readVerbProfile)),
    acknowledgment: raw.acknowledgment,
    cancelUnit: raw.cancel_unit,
    answersCancelRequests: raw.answers_cancel_requests,
    streams: raw.streams === null ? null : Object.freeze(raw.streams.map(readStreamProfile)),
    visibilityDelayMs: raw.visibility_delay,
    rates: raw.rates === null ? null : Object.freeze(raw.rates.map(readRateLimit)),
    levelLagMs: raw.level_lag,
    takesPushes: raw.takes_pushes,
    returns: raw.returns === null ? null : readReturnsProfile(raw.returns),
    pace: raw.pace === null ? null : readPace(raw.pace),
  });
}

function writeChannelProfile(name, value) {
  base.record(name, value, ['seller', 'marketplace', 'verbs', 'acknowledgment', 'cancelUnit', 'answersCancelRequests', 'streams', 'visibilityDelayMs', 'rates', 'levelLagMs', 'takesPushes', 'returns', 'pace']);
  return {
    seller: base.text(`${name}.seller`, value.seller),
    marketplace: base.text(`${name}.marketplace`, value.marketplace),
    verbs: base.many(`${name}.verbs`, value.verbs).map((one) => writeVerbProfile(`${name}.verbs`, one)),
    acknowledgment: value.acknowledgment === undefined || value.acknowledgment === null ? null : base.text(`${name}.acknowledgment`, value.acknowledgment),
    cancel_unit: value.cancelUnit === undefined || value.cancelUnit === null ? null : base.text(`${name}.cancelUnit`, value.cancelUnit),
    answers_cancel_requests: value.answersCancelRequests === undefined || value.answersCancelRequests === null ? null : base.truth(`${name}.answersCancelRequests`, value.answersCancelRequests),
    streams: value.streams === undefined || value.streams === null ? null : base.many(`${name}.streams`, value.streams).map((one) => writeStreamProfile(`${name}.streams`, one)),
    visibility_delay: value.visibilityDelayMs === undefined || value.visibilityDelayMs === null ? null : base.whole(`${name}.visibilityDelayMs`, value.visibilityDelayMs),
    rates: value.rates === undefined || value.rates === null ? null : base.many(`${name}.rates`, value.rates).map((one) => writeRateLimit(`${name}.rates`, one)),
    level_lag: value.levelLagMs === undefined || value.levelLagMs === null ? null : base.whole(`${name}.levelLagMs`, value.levelLagMs),
    takes_pushes: value.takesPushes === undefined || value.takesPushes === null ? null : base.truth(`${name}.takesPushes`, value.takesPushes),
    returns: value.returns === undefined || value.returns === null ? null : writeReturnsProfile(`${name}.returns`, value.returns),
    pace: value.pace === undefined || value.pace === null ? null : writePace(`${name}.pace`, value.pace),
  };
}

function readShownLine(raw) {
  return Object.freeze({
    lineId: raw.line_id,
    ordered: raw.ordered,
    sku: raw.sku,
    title: raw.title,
    acknowledged: raw.acknowledged,
    cancelled: raw.cancelled,
    shipped: raw.shipped,
    delivered: raw.delivered,
    refunded: raw.refunded,
    cancelRequested: raw.cancel_requested,
    charges: raw.charges === null ? null : Object.freeze(raw.charges.map(readCharge)),
    packages: raw.packages === null ? null : Object.freeze(raw.packages.map(readLinePackage)),
  });
}

function writeShownLine(name, value) {
  base.record(name, value, ['lineId', 'ordered', 'sku', 'title', 'acknowledged', 'cancelled', 'shipped', 'delivered', 'refunded', 'cancelRequested', 'charges', 'packages']);
  return {
    line_id: base.text(`${name}.lineId`, value.lineId),
    ordered: base.count(`${name}.ordered`, value.ordered),
    sku: value.sku === undefined || value.sku === null ? null : base.text(`${name}.sku`, value.sku),
    title: value.title === undefined || value.title === null ? null : base.text(`${name}.title`, value.title),
    acknowledged: value.acknowledged === undefined || value.acknowledged === null ? null : base.count(`${name}.acknowledged`, value.acknowledged),
    cancelled: value.cancelled === undefined || value.cancelled === null ? null : base.count(`${name}.cancelled`, value.cancelled),
    shipped: value.shipped === undefined || value.shipped === null ? null : base.count(`${name}.shipped`, value.shipped),
    delivered: value.delivered === undefined || value.delivered === null ? null : base.count(`${name}.delivered`, value.delivered),
    refunded: value.refunded === undefined || value.refunded === null ? null : base.count(`${name}.refunded`, value.refunded),
    cancel_requested: value.cancelRequested === undefined || value.cancelRequested === null ? null : base.truth(`${name}.cancelRequested`, value.cancelRequested),
    charges: value.charges === undefined || value.charges === null ? null : base.many(`${name}.charges`, value.charges).map((one) => writeCharge(`${name}.charges`, one)),
    packages: value.packages === undefined || value.packages === null ? null : base.many(`${name}.packages`, value.packages).map((one) => writeLinePackage(`${name}.packages`, one)),
  };
}

function readShownOrder(raw) {
  return Object.freeze({
    channelOrderId: raw.channel_order_id,
    lines: Object.freeze(raw.lines.map(readShownLine)),
    placedAt: raw.placed_at === null ? null : new Date(raw.placed_at),
    fulfilledBy: raw.fulfilled_by,
    total: raw.total === null ? null : readMoney(raw.total),
    method: raw.method,
    shipBy: raw.ship_by === null ? null : new Date(raw.ship_by),
    deliverBy: raw.deliver_by === null ? null : new Date(raw.deliver_by),
    shipTo: raw.ship_to === null ? null : readAddress(raw.ship_to),
    notReady: raw.not_ready,
  });
}

function writeShownOrder(name, value) {
  base.record(name, value, ['channelOrderId', 'lines', 'placedAt', 'fulfilledBy', 'total', 'method', 'shipBy', 'deliverBy', 'shipTo', 'notReady']);
  return {
    channel_order_id: base.text(`${name}.channelOrderId`, value.channelOrderId),
    lines: base.many(`${name}.lines`, value.lines).map((one) => writeShownLine(`${name}.lines`, one)),
    placed_at: value.placedAt === undefined || value.placedAt === null ? null : base.instant(`${name}.placedAt`, value.placedAt),
    fulfilled_by: value.fulfilledBy === undefined || value.fulfilledBy === null ? null : base.text(`${name}.fulfilledBy`, value.fulfilledBy),
    total: value.total === undefined || value.total === null ? null : writeMoney(`${name}.total`, value.total),
    method: value.method === undefined || value.method === null ? null : base.text(`${name}.method`, value.method),
    ship_by: value.shipBy === undefined || value.shipBy === null ? null : base.instant(`${name}.shipBy`, value.shipBy),
    deliver_by: value.deliverBy === undefined || value.deliverBy === null ? null : base.instant(`${name}.deliverBy`, value.deliverBy),
    ship_to: value.shipTo === undefined || value.shipTo === null ? null : writeAddress(`${name}.shipTo`, value.shipTo),
    not_ready: value.notReady === undefined || value.notReady === null ? null : base.text(`${name}.notReady`, value.notReady),
  };
}

function readPullRequest(raw) {
  return Object.freeze({
    stream: raw.stream,
    since: new Date(raw.since),
    until: new Date(raw.until),
    cursor: raw.cursor,
  });
}

function readShownPage(raw) {
  return Object.freeze({
    orders: Object.freeze(raw.orders.map(readShownOrder)),
    next: raw.next,
    total: raw.total,
    tooMany: raw.too_many,
  });
}

function writeShownPage(name, value) {
  base.record(name, value, ['orders', 'next', 'total', 'tooMany']);
  return {
    orders: base.many(`${name}.orders`, value.orders).map((one) => writeShownOrder(`${name}.orders`, one)),
    next: value.next === undefined || value.next === null ? null : base.text(`${name}.next`, value.next),
    total: value.total === undefined || value.total === null ? null : base.count(`${name}.total`, value.total),
    too_many: value.tooMany === undefined || value.tooMany === null ? null : base.truth(`${name}.tooMany`, value.tooMany),
  };
}

function readChannelCommand(raw) {
  return Object.freeze({
    name: raw.name,
    verb: raw.verb,
    channelOrderId: raw.channel_order_id,
    attempt: raw.attempt,
    writeBy: raw.write_by === null ? null : new Date(raw.write_by),
    lines: Object.freeze(raw.lines.map(readLineQuantity)),
    package: raw.package,
    carrier: raw.carrier,
    tracking: raw.tracking,
    trackingUrl: raw.tracking_url,
    shippedAt: raw.shipped_at === null ? null : new Date(raw.shipped_at),
    method: raw.method,
    reason: raw.reason,
    grant: raw.grant,
    parts: Object.freeze(raw.parts.map(readRefundPart)),
    sku: raw.sku,
    level: raw.level,
  });
}

function readReceipt(raw) {
  return Object.freeze({
    kind: raw.kind,
    why: raw.why,
    code: raw.code,
    handle: raw.handle,
    afterMs: raw.after,
  });
}

function writeReceipt(name, value) {
  base.record(name, value, ['kind', 'why', 'code', 'handle', 'afterMs']);
  return {
    kind: base.text(`${name}.kind`, value.kind),
    why: value.why === undefined || value.why === null ? null : base.text(`${name}.why`, value.why),
    code: value.code === undefined || value.code === null ? null : base.text(`${name}.code`, value.code),
    handle: value.handle === undefined || value.handle === null ? null : base.text(`${name}.handle`, value.handle),
    after: value.afterMs === undefined || value.afterMs === null ? null : base.whole(`${name}.afterMs`, value.afterMs),
  };
}

function readSettledWork(raw) {
  return Object.freeze({
    kind: raw.kind,
    receipts: raw.receipts === null ? null : Object.freeze(raw.receipts.map(readReceipt)),
    why: raw.why,
  });
}

function writeSettledWork(name, value) {
  base.record(name, value, ['kind', 'receipts', 'why']);
  return {
    kind: base.text(`${name}.kind`, value.kind),
    receipts: value.receipts === undefined || value.receipts === null ? null : base.many(`${name}.receipts`, value.receipts).map((one) => writeReceipt(`${name}.receipts`, one)),
    why: value.why === undefined || value.why === null ? null : base.text(`${name}.why`, value.why),
  };
}

function readPushRequest(raw) {
  return Object.freeze({
    method: raw.method,
    path: raw.path,
    headers: Object.freeze(raw.headers),
    body: base.bytesOf(raw.body),
  });
}

function writePushRequest(name, value) {
  base.record(name, value, ['method', 'path', 'headers', 'body']);
  return {
    method: base.text(`${name}.method`, value.method),
    path: base.text(`${name}.path`, value.path),
    headers: base.many(`${name}.headers`, value.headers).map((one) => base.many(`${name}.headers`, one).map((one) => base.text(`${name}.headers`, one))),
    body: base.octets(`${name}.body`, value.body),
  };
}

function readPushOutcome(raw) {
  return Object.freeze({
    kind: raw.kind,
    id: raw.id,
    orders: raw.orders === null ? null : Object.freeze(raw.orders),
    finished: raw.finished === null ? null : Object.freeze(raw.finished),
    eraseBuyer: raw.erase_buyer === null ? null : Object.freeze(raw.erase_buyer),
    revoked: raw.revoked,
    reply: raw.reply === null ? null : readPushReply(raw.reply),
    why: raw.why,
  });
}

function writePushOutcome(name, value) {
  base.record(name, value, ['kind', 'id', 'orders', 'finished', 'eraseBuyer', 'revoked', 'reply', 'why']);
  return {
    kind: base.text(`${name}.kind`, value.kind),
    id: value.id === undefined || value.id === null ? null : base.text(`${name}.id`, value.id),
    orders: value.orders === undefined || value.orders === null ? null : base.many(`${name}.orders`, value.orders).map((one) => base.text(`${name}.orders`, one)),
    finished: value.finished === undefined || value.finished === null ? null : base.many(`${name}.finished`, value.finished).map((one) => base.text(`${name}.finished`, one)),
    erase_buyer: value.eraseBuyer === undefined || value.eraseBuyer === null ? null : base.many(`${name}.eraseBuyer`, value.eraseBuyer).map((one) => base.text(`${name}.eraseBuyer`, one)),
    revoked: value.revoked === undefined || value.revoked === null ? null : base.truth(`${name}.revoked`, value.revoked),
    reply: value.reply === undefined || value.reply === null ? null : writePushReply(`${name}.reply`, value.reply),
    why: value.why === undefined || value.why === null ? null : base.text(`${name}.why`, value.why),
  };
}

function readShownReturn(raw) {
  return Object.freeze({
    channelOrderId: raw.channel_order_id,
    id: raw.id,
    stage: raw.stage,
    status: raw.status,
    lines: Object.freeze(raw.lines.map(readReturnedUnits)),
    openedAt: raw.opened_at === null ? null : new Date(raw.opened_at),
    changedAt: raw.changed_at === null ? null : new Date(raw.changed_at),
    refund: raw.refund,
  });
}

function writeShownReturn(name, value) {
  base.record(name, value, ['channelOrderId', 'id', 'stage', 'status', 'lines', 'openedAt', 'changedAt', 'refund']);
  return {
    channel_order_id: base.text(`${name}.channelOrderId`, value.channelOrderId),
    id: base.text(`${name}.id`, value.id),
    stage: base.text(`${name}.stage`, value.stage),
    status: base.text(`${name}.status`, value.status),
    lines: base.many(`${name}.lines`, value.lines).map((one) => writeReturnedUnits(`${name}.lines`, one)),
    opened_at: value.openedAt === undefined || value.openedAt === null ? null : base.instant(`${name}.openedAt`, value.openedAt),
    changed_at: value.changedAt === undefined || value.changedAt === null ? null : base.instant(`${name}.changedAt`, value.changedAt),
    refund: value.refund === undefined || value.refund === null ? null : base.text(`${name}.refund`, value.refund),
  };
}

function readReturnsPage(raw) {
  return Object.freeze({
    returns: Object.freeze(raw.returns.map(readShownReturn)),
    next: raw.next,
  });
}

function writeReturnsPage(name, value) {
  base.record(name, value, ['returns', 'next']);
  return {
    returns: base.many(`${name}.returns`, value.returns).map((one) => writeShownReturn(`${name}.returns`, one)),
    next: value.next === undefined || value.next === null ? null : base.text(`${name}.next`, value.next),
  };
}

function readLevel(raw) {
  return Object.freeze({
    sku: raw.sku,
    level: raw.level,
  });
}

function writeLevel(name, value) {
  base.record(name, value, ['sku', 'level']);
  return {
    sku: base.text(`${name}.sku`, value.sku),
    level: value.level === undefined || value.level === null ? null : base.whole(`${name}.level`, value.level),
  };
}

function readFound(raw) {
  return Object.freeze({
    seller: raw.seller,
    missing: raw.missing === null ? null : Object.freeze(raw.missing),
    now: raw.now === null ? null : new Date(raw.now),
  });
}

function writeFound(name, value) {
  base.record(name, value, ['seller', 'missing', 'now']);
  return {
    seller: value.seller === undefined || value.seller === null ? null : base.text(`${name}.seller`, value.seller),
    missing: value.missing === undefined || value.missing === null ? null : base.many(`${name}.missing`, value.missing).map((one) => base.text(`${name}.missing`, one)),
    now: value.now === undefined || value.now === null ? null : base.instant(`${name}.now`, value.now),
  };
}

function readSale(raw) {
  return Object.freeze({
    sku: raw.sku,
    units: raw.units,
    secondSku: raw.second_sku,
    shippedByMarketplace: raw.shipped_by_marketplace,
  });
}

function readTestEffects(raw) {
  return Object.freeze({
    acknowledged: raw.acknowledged,
    shipped: raw.shipped,
    packages: raw.packages,
    cancelled: raw.cancelled,
    refunded: raw.refunded,
    levels: raw.levels,
    requests: raw.requests,
  });
}

function writeTestEffects(name, value) {
  base.record(name, value, ['acknowledged', 'shipped', 'packages', 'cancelled', 'refunded', 'levels', 'requests']);
  return {
    acknowledged: value.acknowledged,
    shipped: value.shipped,
    packages: value.packages,
    cancelled: value.cancelled,
    refunded: value.refunded,
    levels: value.levels,
    requests: base.count(`${name}.requests`, value.requests),
  };
}

class Calls extends base.Base {
  async step(options) {
    const chosen = base.options(options, ['signal']);
    const given = {
    };
    const raw = await this.ask('step', given, chosen.signal);
    return readStepped(raw);
  }

  async run(options) {
    const chosen = base.options(options, ['signal']);
    const given = {
    };
    await this.ask('run', given, chosen.signal);
  }

  async loadPolicy(toml, options) {
    const chosen = base.options(options, ['signal']);
    const given = {
      toml: base.text('toml', toml),
    };
    await this.ask('load_policy', given, chosen.signal);
  }

  orders(options) {
    const chosen = base.options(options, ['channel', 'phase', 'heldFor', 'exceptions', 'placedFrom', 'placedBefore', 'orderId', 'sku', 'sort', 'after', 'limit', 'signal']);
    const given = {
      channel: chosen.channel === undefined || chosen.channel === null ? null : base.text('channel', chosen.channel),
      phase: chosen.phase === undefined || chosen.phase === null ? null : base.text('phase', chosen.phase),
      held_for: chosen.heldFor === undefined || chosen.heldFor === null ? null : base.text('heldFor', chosen.heldFor),
      exceptions: chosen.exceptions === undefined || chosen.exceptions === null ? null : base.truth('exceptions', chosen.exceptions),
      placed_from: chosen.placedFrom === undefined || chosen.placedFrom === null ? null : base.instant('placedFrom', chosen.placedFrom),
      placed_before: chosen.placedBefore === undefined || chosen.placedBefore === null ? null : base.instant('placedBefore', chosen.placedBefore),
      order_id: chosen.orderId === undefined || chosen.orderId === null ? null : base.text('orderId', chosen.orderId),
      sku: chosen.sku === undefined || chosen.sku === null ? null : base.text('sku', chosen.sku),
      sort: chosen.sort === undefined || chosen.sort === null ? null : base.text('sort', chosen.sort),
      after: chosen.after === undefined || chosen.after === null ? null : base.text('after', chosen.after),
      limit: chosen.limit === undefined || chosen.limit === null ? null : base.count('limit', chosen.limit),
    };
    return this.each('orders', given, 'orders', readOrder, chosen.signal);
  }

  async ordersPage(options) {
    const chosen = base.options(options, ['channel', 'phase', 'heldFor', 'exceptions', 'placedFrom', 'placedBefore', 'orderId', 'sku', 'sort', 'after', 'limit', 'signal']);
    const given = {
      channel: chosen.channel === undefined || chosen.channel === null ? null : base.text('channel', chosen.channel),
      phase: chosen.phase === undefined || chosen.phase === null ? null : base.text('phase', chosen.phase),
      held_for: chosen.heldFor === undefined || chosen.heldFor === null ? null : base.text('heldFor', chosen.heldFor),
      exceptions: chosen.exceptions === undefined || chosen.exceptions === null ? null : base.truth('exceptions', chosen.exceptions),
      placed_from: chosen.placedFrom === undefined || chosen.placedFrom === null ? null : base.instant('placedFrom', chosen.placedFrom),
      placed_before: chosen.placedBefore === undefined || chosen.placedBefore === null ? null : base.instant('placedBefore', chosen.placedBefore),
      order_id: chosen.orderId === undefined || chosen.orderId === null ? null : base.text('orderId', chosen.orderId),
      sku: chosen.sku === undefined || chosen.sku === null ? null : base.text('sku', chosen.sku),
      sort: chosen.sort === undefined || chosen.sort === null ? null : base.text('sort', chosen.sort),
      after: chosen.after === undefined || chosen.after === null ? null : base.text('after', chosen.after),
      limit: chosen.limit === undefined || chosen.limit === null ? null : base.count('limit', chosen.limit),
    };
    const raw = await this.ask('orders', given, chosen.signal);
    return readOrderPage(raw);
  }

  async order(channel, order, options) {
    const chosen = base.options(options, ['signal']);
    const given = {
      channel: base.text('channel', channel),
      order: base.text('order', order),
    };
    const raw = await this.ask('order', given, chosen.signal);
    return readWholeOrder(raw);
  }

  async changes(after, options) {
    const chosen = base.options(options, ['limit', 'signal']);
    const given = {
      after: base.whole('after', after),
      limit: chosen.limit === undefined || chosen.limit === null ? null : base.count('limit', chosen.limit),
    };
    const raw = await this.ask('changes', given, chosen.signal);
    return Object.freeze(raw.map(readChange));
  }

  async position(options) {
    const chosen = base.options(options, ['signal']);
    const given = {
    };
    const raw = await this.ask('position', given, chosen.signal);
    return raw;
  }

  async onHand(sku, quantity, options) {
    const chosen = base.options(options, ['asOf', 'signal']);
    const given = {
      sku: base.text('sku', sku),
      quantity: base.whole('quantity', quantity),
      as_of: chosen.asOf === undefined || chosen.asOf === null ? null : base.instant('asOf', chosen.asOf),
    };
    const raw = await this.ask('on_hand', given, chosen.signal);
    return readTicket(raw);
  }

  async reportShipment(channel, order, carrier, tracking, options) {
    const chosen = base.options(options, ['lines', 'package', 'shippedAt', 'trackingUrl', 'signal']);
    const given = {
      channel: base.text('channel', channel),
      order: base.text('order', order),
      carrier: base.text('carrier', carrier),
      tracking: base.text('tracking', tracking),
      lines: chosen.lines === undefined || chosen.lines === null ? null : base.many('lines', chosen.lines).map((one) => writeLineQuantity('lines', one)),
      package: chosen.package === undefined || chosen.package === null ? null : base.count('package', chosen.package),
      shipped_at: chosen.shippedAt === undefined || chosen.shippedAt === null ? null : base.instant('shippedAt', chosen.shippedAt),
      tracking_url: chosen.trackingUrl === undefined || chosen.trackingUrl === null ? null : base.text('trackingUrl', chosen.trackingUrl),
    };
    const raw = await this.ask('report_shipment', given, chosen.signal);
    return readTicket(raw);
  }

  async cancel(channel, order, reason, by, options) {
    const chosen = base.options(options, ['lines', 'signal']);
    const given = {
      channel: base.text('channel', channel),
      order: base.text('order', order),
      reason: base.text('reason', reason),
      by: base.text('by', by),
      lines: chosen.lines === undefined || chosen.lines === null ? null : base.many('lines', chosen.lines).map((one) => writeLineQuantity('lines', one)),
    };
    const raw = await this.ask('cancel', given, chosen.signal);
    return readTicket(raw);
  }

  async release(channel, order, reason, by, options) {
    const chosen = base.options(options, ['signal']);
    const given = {
      channel: base.text('channel', channel),
      order: base.text('order', order),
      reason: base.text('reason', reason),
      by: base.text('by', by),
    };
    const raw = await this.ask('release', given, chosen.signal);
    return readTicket(raw);
  }

  async refund(channel, order, parts, reason, by, options) {
    const chosen = base.options(options, ['refund', 'signal']);
    const given = {
      channel: base.text('channel', channel),
      order: base.text('order', order),
      parts: base.many('parts', parts).map((one) => writeRefundPart('parts', one)),
      reason: base.text('reason', reason),
      by: base.text('by', by),
      refund: chosen.refund === undefined || chosen.refund === null ? null : base.count('refund', chosen.refund),
    };
    const raw = await this.ask('refund', given, chosen.signal);
    return readTicket(raw);
  }

  async refuseCancel(channel, order, by, options) {
    const chosen = base.options(options, ['signal']);
    const given = {
      channel: base.text('channel', channel),
      order: base.text('order', order),
      by: base.text('by', by),
    };
    const raw = await this.ask('refuse_cancel', given, chosen.signal);
    return readTicket(raw);
  }

  async erase(channel, order, by, options) {
    const chosen = base.options(options, ['signal']);
    const given = {
      channel: base.text('channel', channel),
      order: base.text('order', order),
      by: base.text('by', by),
    };
    const raw = await this.ask('erase', given, chosen.signal);
    return readTicket(raw);
  }

  async eraseBuyer(channel, names, by, options) {
    const chosen = base.options(options, ['signal']);
    const given = {
      channel: base.text('channel', channel),
      names: base.many('names', names).map((one) => base.text('names', one)),
      by: base.text('by', by),
    };
    const raw = await this.ask('erase_buyer', given, chosen.signal);
    return readTicket(raw);
  }

  async resolve(channel, command, outcome, by, options) {
    const chosen = base.options(options, ['signal']);
    const given = {
      channel: base.text('channel', channel),
      command: base.text('command', command),
      outcome: base.text('outcome', outcome),
      by: base.text('by', by),
    };
    const raw = await this.ask('resolve', given, chosen.signal);
    return readTicket(raw);
  }

  async ticket(id, options) {
    const chosen = base.options(options, ['signal']);
    const given = {
      id: base.whole('id', id),
    };
    const raw = await this.ask('ticket', given, chosen.signal);
    return readTicketOutcome(raw);
  }

  async taken(id, options) {
    const chosen = base.options(options, ['withinMs', 'signal']);
    const given = {
      id: base.whole('id', id),
      within: chosen.withinMs === undefined || chosen.withinMs === null ? null : base.whole('withinMs', chosen.withinMs),
    };
    const raw = await this.ask('taken', given, chosen.signal);
    return readTicketOutcome(raw);
  }

  async health(options) {
    const chosen = base.options(options, ['signal']);
    const given = {
    };
    const raw = await this.ask('health', given, chosen.signal);
    return Object.freeze(raw.map(readHealth));
  }

  async check(options) {
    const chosen = base.options(options, ['signal']);
    const given = {
    };
    const raw = await this.ask('check', given, chosen.signal);
    return Object.freeze(raw.map(readStanding));
  }

  async totals(options) {
    const chosen = base.options(options, ['signal']);
    const given = {
    };
    const raw = await this.ask('totals', given, chosen.signal);
    return Object.freeze(raw.map(readPhaseTotal));
  }

  async item(sku, options) {
    const chosen = base.options(options, ['signal']);
    const given = {
      sku: base.text('sku', sku),
    };
    const raw = await this.ask('item', given, chosen.signal);
    return raw === null ? null : readItem(raw);
  }

  async items(options) {
    const chosen = base.options(options, ['after', 'limit', 'signal']);
    const given = {
      after: chosen.after === undefined || chosen.after === null ? null : base.text('after', chosen.after),
      limit: chosen.limit === undefined || chosen.limit === null ? null : base.count('limit', chosen.limit),
    };
    const raw = await this.ask('items', given, chosen.signal);
    return Object.freeze(raw.map(readItem));
  }

  async metrics(channel, options) {
    const chosen = base.options(options, ['signal']);
    const given = {
      channel: base.text('channel', channel),
    };
    const raw = await this.ask('metrics', given, chosen.signal);
    return Object.freeze(raw.map(readMetric));
  }

  async handlePush(channel, method, path, headers, body, options) {
    const chosen = base.options(options, ['signal']);
    const given = {
      channel: base.text('channel', channel),
      method: base.text('method', method),
      path: base.text('path', path),
      headers: base.many('headers', headers).map((one) => base.many('headers', one).map((one) => base.text('headers', one))),
      body: base.octets('body', body),
    };
    const raw = await this.ask('handle_push', given, chosen.signal);
    return readPushReply(raw);
  }

  async now(options) {
    const chosen = base.options(options, ['signal']);
    const given = {
    };
    const raw = await this.ask('now', given, chosen.signal);
    return new Date(raw);
  }

}

module.exports = {
  Calls,
  readMoney,
  writeMoney,
  readCharge,
  writeCharge,
  readLinePackage,
  writeLinePackage,
  readLine,
  readAddress,
  writeAddress,
  readHold,
  readException,
  readProof,
  readMoment,
  readCommand,
  readDeadline,
  readReturnedUnits,
  writeReturnedUnits,
  readReturn,
  readOrder,
  readOrderPage,
  readWholeOrder,
  readChange,
  readLineQuantity,
  writeLineQuantity,
  readRefundPart,
  writeRefundPart,
  readStepped,
  readTicket,
  readTicketOutcome,
  readBudget,
  readJudgeHealth,
  readHealth,
  readStanding,
  readItem,
  readPhaseTotal,
  readPushReply,
  writePushReply,
  readMetric,
  readWalmartSettings,
  writeWalmartSettings,
  readAmazonSettings,
  writeAmazonSettings,
  readEbaySettings,
  writeEbaySettings,
  readPace,
  writePace,
  readMarket,
  readEffects,
  readAskedOrder,
  readVerdict,
  writeVerdict,
  readDecision,
  readNormalOrder,
  readRateLimit,
  writeRateLimit,
  readStreamProfile,
  writeStreamProfile,
  readVerbProfile,
  writeVerbProfile,
  readReturnsProfile,
  writeReturnsProfile,
  readChannelProfile,
  writeChannelProfile,
  readShownLine,
  writeShownLine,
  readShownOrder,
  writeShownOrder,
  readPullRequest,
  readShownPage,
  writeShownPage,
  readChannelCommand,
  readReceipt,
  writeReceipt,
  readSettledWork,
  writeSettledWork,
  readPushRequest,
  writePushRequest,
  readPushOutcome,
  writePushOutcome,
  readShownReturn,
  writeShownReturn,
  readReturnsPage,
  writeReturnsPage,
  readLevel,
  writeLevel,
  readFound,
  writeFound,
  readSale,
  readTestEffects,
  writeTestEffects,
};

/** What a line means that belongs to no call, or to a call only by its `callId`. */
export const NOTICES: Readonly<Record<string, { readonly level: string; readonly says: string }>> =
  {
    listening: { level: 'info', says: 'A listener is open; `role`, `transport` and `local`.' },
    ready: { level: 'info', says: 'The node takes calls; `admin` is where its pages are.' },
    'epoch-by-clock': {
      level: 'warn',
      says: 'The start counter in `stateDir` was lost, and the clock took its place (`why`).',
    },
    'key-not-kept': {
      level: 'warn',
      says: 'The key of this site could not be kept; dialogs of today are strange tomorrow.',
    },
    died: {
      level: 'warn',
      says: 'The process before this one did not end in order, and what it worked on is not known (`why`): it was killed, or died of something. For an hour what is worked on is noted; what this process dies of within 32 s of its start is set apart at once.',
    },
    'died-of': {
      level: 'error',
      says: 'The process before this one ended while it worked on the message in `file`, from `source`; with one more of its `deaths` it is set apart. SIGKILL in a busy moment looks the same.',
    },
    quarantine: {
      level: 'warn',
      says: 'These `files` hold messages that are not worked on; said at the start and at a reload.',
    },
    quarantined: {
      level: 'error, no INVITE: warn',
      says: 'A message from `source` came that this node has died of twice (`file`): an INVITE got 500, which may have been an emergency call, anything else nothing. At most ten a minute; landfall_quarantine_total has them all.',
    },
    'in-flight-unkept': {
      level: 'warn',
      says: 'What is worked on cannot be written to `stateDir` (`why`): should this process die of a message, the next one will not know.',
    },
    unparsable: {
      level: 'debug',
      says: 'A datagram was no SIP message; `reason`, and whether it was `answered` with 400.',
    },
    stray: {
      level: 'info, forged: warn',
      says: 'A message belonged to no call here; `verdict` as in landfall_strays_total. `carried`: to the `peer` that has its call; there `landfall calls ladder` finds it by its `sipCallId`.',
    },
    bug: {
      level: 'error',
      says: 'An exception; with a `callId` it ended that call alone. Report it with its `stack`.',
    },
    'redis-up': { level: 'info', says: 'The Redis that keeps claims is there.' },
    'redis-down': {
      level: 'warn',
      says: 'The Redis that keeps claims is not there (`why`). No call waits for it; a restarted node will not know its claims.',
    },
    'peer-up': {
      level: 'info',
      says: 'The link to a `peer` (its `siteNumber`) is up: a start of that node (`epoch`), and the `version` that both speak.',
    },
    'peer-down': {
      level: 'warn, closing: info',
      says: 'The link to a `peer` is down after `upMs`: `why`, and `by` which end.',
    },
    'peer-refused': {
      level: 'warn',
      says: 'No link to a `peer` came about: `why` (`wrong-key`, `unknown-key`, `unreachable`, ...) and what the far end `says`. Once for each reason until the link is up.',
    },
    'peer-stranger': {
      level: 'warn',
      says: 'Somebody came to `cluster.link` and was sent away: `why`, and what it `claims` to be. At most ten a minute; landfall_peer_frames_total has them all.',
    },
    'tail-dropped': {
      level: 'info',
      says: 'Somebody who follows the calls did not read them (`behindBytes`), and was cut off.',
    },
    'drain-started': {
      level: 'info',
      says: 'A signal was heard: no longer ready; `calls` are still up.',
    },
    'hanging-up': { level: 'warn', says: 'A second signal was heard: the `calls` left are ended.' },
    loop: {
      level: 'warn',
      says: 'An INVITE of ours came back; it gets 482, and the hunt of its call goes on.',
    },
    'certificate-taken': {
      level: 'info',
      says: 'The certificate was renewed on disk and serves new connections; it is valid `until` then.',
    },
    'certificate-refused': {
      level: 'error',
      says: 'What is on disk now cannot be used (`why`); the certificate from before serves on.',
    },
    'tls-refused': {
      level: 'info or warn',
      says: 'A TLS connection came to nothing (`why`): `by` us toward a gateway, of whom `name` was wanted, or by them. At most ten a minute; landfall_tls_refused_total has them all.',
    },
    'connections-given-up': {
      level: 'warn',
      says: 'Connections were ended since there were too many (`newcomer`: they had said nothing, `idle`: nothing used them), a message did not come whole in time (`late`), or too much waited (`half-message`, `slow-reader`): `why`, and the `source` of one. Once a minute for each reason.',
    },
    'acks-never-come': {
      level: 'warn',
      says: 'From a network of callers (`prefix`, their `trunk`) no ACK has ever come to U, in `missed` calls: its firewall may know only A, and `offAnycast: sticky` would be right for the trunk.',
    },
    'emergency-group-failed': {
      level: 'error',
      says: 'Every gateway of `group` failed an emergency call, the last resort too; what each of them `tried` said.',
    },
    'drachtio-up': {
      level: 'info',
      says: 'A drachtio-server (`server`, `version`) takes calls to gateways.',
    },
    'drachtio-down': {
      level: 'warn',
      says: 'A drachtio-server is gone (`why`): the `lost` legs on it are ended, new calls go by another one or by the builtin engine.',
    },
    'drachtio-untaken': {
      level: 'warn',
      says: 'A drachtio-server did not take the INVITE of a `leg` (`why`); the builtin engine carries it.',
    },
    'drachtio-unusable': {
      level: 'warn',
      says: 'A drachtio-server cannot be used (`why`); calls go by another one or by the builtin engine.',
    },
    'media-unanchored': {
      level: 'warn, for good: error',
      says: 'Media of the call could not be anchored (`why`). As a warning it is tried again; as an error the call goes on without: SDP crosses as it is, or the audio stays away.',
    },
    'gateway-turned': {
      level: 'info, down: warn',
      says: 'What is believed of a `gateway` has changed: `before`, `after` and `why`.',
    },
    'overload-began': {
      level: 'warn',
      says: 'This node is late (`lagMs`) and refuses ordinary calls; see guard.lagMsMax.',
    },
    'overload-ended': { level: 'warn', says: 'It takes all calls again.' },
    reloaded: {
      level: 'info',
      says: 'A new configuration is in force: `by` whom, and the `changed` keys.',
    },
    'reload-refused': {
      level: 'warn',
      says: 'A new configuration was refused as a whole; `problems` says why.',
    },
    'dns-moved': {
      level: 'info',
      says: 'DNS leads a gateway elsewhere: its `destination`, the `hopsBefore` and the `hopsNow`.',
    },
    'dns-stale': {
      level: 'warn',
      says: 'What DNS said of a `destination` has expired and nobody says more (`why`); it is used on.',
    },
    'dns-gone': {
      level: 'warn',
      says: 'DNS leads a `destination` nowhere now; only emergency calls still try where it was.',
    },
    'dns-unknown': {
      level: 'warn',
      says: 'Nobody says where a `destination` is (`why`), and nothing is left from before.',
    },
    'dns-fresh': {
      level: 'info',
      says: 'DNS leads a `destination` somewhere again, and answers.',
    },
    'dns-own': {
      level: 'warn',
      says: "DNS leads a `destination` to this site's own `address`, which is left out.",
    },
    'media-up': {
      level: 'info',
      says: 'What anchors media at `ng` is heard again; `calls` are still there by our reckoning.',
    },
    'media-down': {
      level: 'warn',
      says: 'What anchors media at `ng` is not heard (`why`); its `calls` go elsewhere if they can.',
    },
    'freeswitch-up': {
      level: 'info',
      says: 'The FreeSWITCH at `esl` is there, with the profiles that it should have.',
    },
    'freeswitch-down': {
      level: 'warn',
      says: 'The FreeSWITCH at `esl` cannot be used (`why`); what is new goes to another one.',
    },
    unrecorded: {
      level: 'error',
      says: 'A call that is to be recorded is not (`why`); it goes on.',
    },
    'prompt-unplayed': {
      level: 'error',
      says: 'A caller was not spoken to (`why`); `file` is missing where one server could be asked.',
    },
    stopped: { level: 'info', says: 'The last line of a node that ended in order.' },
    'log-write-failed': {
      level: 'error',
      says: 'A log `file` cannot be written (`why`); `lost` lines of it so far. Once a minute, also on standard error.',
    },
    'log-written-again': {
      level: 'warn',
      says: 'That log `file` is written again; `lost` lines of it are missing since the start.',
    },
  };

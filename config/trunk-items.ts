import type { Trunk } from '../lib/guard/trunks.ts';
import { CERTIFIED_NAME, SOURCE_RANGE } from './addresses.ts';
import { listOf, oneOf, YES_OR_NO } from './formats.ts';
import { field, given, NAME, NONE, orAbsent, SHARE } from './items.ts';

export const TRUNK = {
  name: given(NAME, 'What logs and records call it.'),
  source: field(
    orAbsent(listOf(SOURCE_RANGE, '["203.0.113.0/24"]')),
    NONE,
    'The addresses its calls come from, as ranges. Left out: it is known by certificates alone.',
  ),
  certificates: field(
    orAbsent(listOf(CERTIFIED_NAME, '["sbc.op.example"]')),
    NONE,
    'Names in the certificate that it shows when it calls by TLS, from anywhere. Callers are asked ' +
      'for one if some trunk had this at the start: some phones that have none cannot stand that.',
  ),
  offAnycast: field(
    oneOf<Trunk['offAnycast']>('way off anycast', ['always', 'sticky']),
    { value: 'always' },
    'always: its calls go on at U. sticky: they stay on A, for a firewall that knows only A.',
  ),
  earlyDialogs: field(
    oneOf<'each' | 'first'>('count of early dialogs', ['each', 'first']),
    { value: 'each' },
    'each: early media of a further gateway or device is one more early dialog to the caller. ' +
      'first: for a caller that copes with one only; what others ring crosses in it without SDP.',
  ),
  anchor: field(
    YES_OR_NO,
    { value: true },
    'Whether media of its calls crosses the site, where media.anchor names something.',
  ),
  record: field(
    YES_OR_NO,
    { value: false },
    'Whether its calls are recorded by what anchors their media: rtpengine in its own folder for ' +
      'recordings, FreeSWITCH in media.freeswitch[].recordings.',
  ),
  messages: field(
    oneOf<'pass' | 'refuse'>('fate of messages', ['pass', 'refuse']),
    { value: 'refuse' },
    'What becomes of a MESSAGE outside of calls that is no emergency; one that is, is always passed.',
  ),
  callsPerSecMax: field(
    orAbsent(SHARE),
    NONE,
    'How many calls a second it may bring; ordinary ones over it get 500. Left out: any number.',
  ),
  callsMax: field(
    orAbsent(SHARE),
    NONE,
    'How many calls at once it may have; ordinary ones over it get 500. Left out: all of the site.',
  ),
};

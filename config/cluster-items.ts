import { SITE_MAX } from '../lib/sip/owner-token.ts';
import { LINK } from './addresses.ts';
import { pattern, wholeNumber } from './formats.ts';
import { given } from './items.ts';

export const SITE_NAME = pattern(
  'site name',
  /^[a-z0-9]{1,16}$/,
  'write 1 to 16 of the characters a-z and 0-9, such as sto',
);

export const ELEMENT = pattern(
  'domain name',
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i,
  'write a whole domain name, such as sto.bcf.example',
);

export const SITE_NUMBER = wholeNumber(1, SITE_MAX);

export const PEER = {
  site: given(SITE_NAME, 'Its `site`, as logs and metrics call it.'),
  number: given(SITE_NUMBER, 'Its `siteNumber`.'),
  link: given(LINK, 'Its `cluster.link`, "HOST:PORT": either of the two dials.'),
};

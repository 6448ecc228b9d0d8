import { octetsOfText } from '../base/brands.ts';
import { header } from './header-names.ts';
import type { Header } from './message.ts';
import { quoted } from './quoting.ts';

/** A word for the person who reads the message; 399 is what fits no other code. [3261-20.43] */
export function warning(agent: string, text: string): Header {
  return header('Warning', `399 ${agent} ${quoted(octetsOfText(text))}`);
}

/** Why a call was ended or refused, in the terms of a response. [3326-2] */
export function reasonHeader(status: number, text: string): Header {
  return header('Reason', `SIP;cause=${status};text=${quoted(octetsOfText(text))}`);
}

import { INVALID_SYNTAX } from './rfc4475-invalid.ts';
import { MEANING } from './rfc4475-meaning.ts';
import { VALID_SYNTAX } from './rfc4475-valid.ts';
import type { TortureMessage } from './torture-message.ts';

/** All messages of RFC 4475, byte for byte, in its order. */
export const RFC_4475: readonly TortureMessage[] = [...VALID_SYNTAX, ...INVALID_SYNTAX, ...MEANING];

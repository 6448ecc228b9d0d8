import { never } from '../base/never.ts';
import type { CallEvent } from './events.ts';
import type { CallState } from './state.ts';
import { stepAnswering } from './states/answering.ts';
import { stepDialing } from './states/dialing.ts';
import { stepEnded } from './states/ended.ts';
import { stepRenegotiating } from './states/renegotiating.ts';
import { stepTalking } from './states/talking.ts';
import { stepTransferring } from './states/transferring.ts';
import type { Transition } from './transition.ts';

export type Decide = (state: CallState, event: CallEvent) => Transition;

/** The whole decision about a call: what was true, what happened; what is true now, what to do. */
export function step(state: CallState, event: CallEvent): Transition {
  switch (state.tag) {
    case 'dialing':
      return stepDialing(state, event);
    case 'answering':
      return stepAnswering(state, event);
    case 'talking':
      return stepTalking(state, event);
    case 'renegotiating':
      return stepRenegotiating(state, event);
    case 'transferring':
      return stepTransferring(state, event);
    case 'ended':
      return stepEnded(state, event);
    default:
      return never(state);
  }
}

import { describe, expect, test } from '@jest/globals';
import { tagOf } from '../../../lib/sip/ids.ts';
import {
  aCall,
  answered,
  empty,
  type Happening,
  orders,
  ringing,
} from '../../support/call-core.ts';

const byA: Happening = { on: 'a-expired', status: 408 };
const byB = (tag = 'g1', status = 481): Happening => ({
  on: 'b-expired',
  attempt: 1,
  tag: tagOf(tag),
  status,
});

const talking = (emergency = false) =>
  aCall({ emergency })
    .after(answered(1))
    .after({ on: 'a-acknowledged', door: 'unicast', ...empty });

describe('a session that was not refreshed', () => {
  test('ends an ordinary call on both legs, and the record says whose doing it was [4028-10]', () => {
    const byCaller = talking().after(byA);
    expect(orders(byCaller.effects)).toEqual(['bye-a', 'bye-b 1', 'end', 'forget']);
    const cause = [{ name: 'reason', value: expect.stringMatching(/^SIP;cause=408;/) }];
    expect(byCaller.effects).toMatchObject([{ headers: cause }, { headers: cause }, {}, {}]);
    expect(byCaller.state).toMatchObject({ termination: { reason: 'caller-lost' } });
    const byGateway = talking().after(byB());
    expect(byGateway.state).toMatchObject({
      termination: { fault: 'gateway', reason: 'gateway-lost' },
    });
  });

  test.each([byA, byB()])('ends no emergency call: $on', (happening) => {
    const call = talking(true).after(happening);
    expect(call.effects).toEqual([]);
    expect(call.state.tag).toBe('talking');
  });

  test('before the ACK has come it does the same', () => {
    expect(aCall().after(answered(1)).after(byA).state.tag).toBe('ended');
    const emergency = aCall({ emergency: true }).after(answered(1)).after(byB());
    expect(emergency.state.tag).toBe('answering');
  });

  test('is of no concern where it is not that of the bridge, or nobody has answered', () => {
    expect(talking().after(byB('other')).effects).toMatchObject([{ do: 'ignore' }]);
    expect(aCall().after(ringing(1)).after(byB()).effects).toMatchObject([{ do: 'ignore' }]);
    expect(talking().after(byA).after(byB()).effects).toMatchObject([{ do: 'ignore' }]);
  });
});

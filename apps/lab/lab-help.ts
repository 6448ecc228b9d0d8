const FOLDER =
  '  --folder DIR       where the lab keeps its files (default: landfall-lab in the temp folder)';

export const LAB_HELP = `npm run lab -- COMMAND

  up       namespaces, sites, a gateway and the router between them
  flap     moves the route to A
  load     calls at a rate while the route flaps
  matrix   plays the rows of the flap matrix and compares them with what is expected
  in       runs a command in a namespace of the lab
  down     ends it all and leaves nothing behind

  up [--sites N] [--seed S] [--between-sites-ms MS] [--life-sec S]
      1 to 8 sites (default 3), 80 ms each way between two of them, ended after S seconds at the
      latest (default 4 hours)
  flap --to SITE | --every MS | --every packet | --every message [--loss SHARE] [--seed S]
      for all callers that have no route of their own; --loss is of the callers' links
  load --cps N [--calls N] [--flap-every MS|packet|message] [--loss SHARE] [--caller TYPE|sipp]
      calls that are answered, cancelled, busy, ask within the call or are hung up on, in turn;
      fails when a call failed, had a second leg b or left one
  matrix [--rows F2a,F3] [--callers H,P,I,S,T] [--transport udp|tcp] [--out FILE]
         [--expected FILE] [--write-expected FILE] [--sites N]
      brings a lab up where none is, and takes it down again; fails when an outcome differs
  in PLACE COMMAND...
      PLACE is callers, gateways or site1; "in site1 npx landfall gateways"
${FOLDER}

Exit codes: 0 done, 1 failed, 2 called wrongly. It needs root, /dev/net/tun, ip and python3.`;

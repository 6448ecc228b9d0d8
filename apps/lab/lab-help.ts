const FOLDER =
  '  --folder DIR       where the lab keeps its files (default: landfall-lab in the temp folder)';

export const LAB_HELP = `npm run lab -- COMMAND

  up       namespaces, sites, a gateway and the router between them
  flap     moves the route to A
  link     what the way between two places does to packets
  load     calls at a rate while the route flaps
  matrix   plays the rows of the flap matrix and compares them with what is expected
  in       runs a command in a namespace of the lab
  down     ends it all and leaves nothing behind

  up [--sites N] [--seed S] [--between-sites-ms MS] [--life-sec S]
      1 to 8 sites (default 3), 80 ms each way between two of them, ended after S seconds at the
      latest (default 4 hours)
  flap --to SITE | --every MS | --every packet | --every message [--seed S]
      for all callers that have no route of their own
  link --between ONE,OTHER [--delay-ms MS] [--jitter-ms MS] [--loss SHARE] [--copies SHARE]
       [--disorder SHARE] [--cut] | --calm
      both directions between callers, gateways, site1 ...; shares are of 1; --calm: as after up
  load --cps N [--calls N] [--flap-every MS|packet|message] [--caller H|P|I|S|T|sipp]
       [--loss SHARE, and the others of link: of the callers' links]
      calls that are answered, cancelled, busy, ask within the call or are hung up on, in turn;
      fails when a call failed, had a second leg b or left one
    --twice SHARE
      beside --flap-every packet or message: so many packets come to a second site, too
    --cut-link-every SEC [--cut-link-for SEC]
      cuts the link of one pair of sites after the other while longer calls are up; fails when a
      call failed though no cut was near, had two legs b long after healing, or left one
    --redis-fault stop|hang|garbage
      the Redis of site1 is killed, hangs, or something else answers there when half of the calls
      are done; fails also when more calls fail then, or the slowest of a hundred rings 30 ms later
  matrix [--rows F2a,F3] [--callers H,P,I,S,T] [--transport udp|tcp] [--out FILE]
         [--expected FILE] [--write-expected FILE] [--still] [--older REV]
      fails when an outcome differs from the expectation file; --still: the route never moves, and
      every row must hold; --older: in two labs, the site with the calls and then the one that gets
      what strays run the project as it was at that commit
  load and matrix bring a lab up where none is, as up does, and take it down again.
  in PLACE COMMAND...
      PLACE is callers, gateways or site1; "in site1 npx landfall gateways"
${FOLDER}

Exit codes: 0 done, 1 failed, 2 called wrongly. It needs root, /dev/net/tun, ip, python3 and redis-server.`;

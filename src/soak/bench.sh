# Measures the cost of a depth map: each model compared with its bare graphs, then by planes, size and iterations.
# Prints tables and writes target/soak/bench-*.json and, if matplotlib is installed, target/soak/cost.png.
#   bin/soak bench
#   QUICK=1 bin/soak bench    only the first tables
#   MAPS=3 bin/soak bench     few maps per run, to check that it works
set -euo pipefail
out=target/soak
mkdir -p "$out"
many=${MAPS:-300}
few=${MAPS:-60}
bin/rackfocus bench --size 640x480 --planes 10 --iterations 3 --maps "$many" --max-seconds 120 --json "$out/bench-proximal.json"
bin/rackfocus bench --size 640x480 --planes 10 --iterations 3 --maps "$many" --max-seconds 120 --model ddl-pgd --json "$out/bench-ddl-pgd.json"
[ -z "${QUICK:-}" ] || exit 0
bin/rackfocus bench --subjects rolling,full --planes 5,10,15,30 --iterations 3 --maps "$few" --max-seconds 30 --json "$out/cost-planes.json"
bin/rackfocus bench --subjects rolling,full --size 320x240,640x480,960x720,1280x960 --iterations 3 --maps "$few" --max-seconds 30 --json "$out/cost-size.json"
bin/rackfocus bench --subjects rolling,full --iterations 0,1,3,5 --maps "$few" --max-seconds 30 --json "$out/cost-iterations.json"
if /usr/bin/python3 -c 'import matplotlib' 2>/dev/null; then
  /usr/bin/python3 src/soak/plot_cost.py "$out" "$out/cost.png"
else
  echo "skipped the plot: install python3-matplotlib"
fi

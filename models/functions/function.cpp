#include "models/functions/function.h"

namespace snsim {

bool Function::install_established(const FlowKey&, int64_t) { return true; }

size_t Function::install_established(const FlowKey* keys, size_t count, int64_t now_ps) {
    size_t installed = 0;
    while (installed < count && install_established(keys[installed], now_ps)) ++installed;
    return installed;
}

size_t Function::age(unsigned, int64_t, size_t, LookupPlan&) { return 0; }

Execution execute(Function& function, FrameView& frame) {
    Execution run;
    function.begin(frame, run);
    for (const Op& op : function.program()) {
        if (op.kind != Primitive::lookup || !run.has(op.when)) continue;
        LookupPlan plan;
        function.lookup(op.step, frame, run, plan);
    }
    if (run.verdict == Verdict::forward) function.rewrite(frame, run);
    return run;
}

}  // namespace snsim

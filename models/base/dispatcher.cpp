#include "models/base/dispatcher.h"

#include <algorithm>

namespace snsim {

namespace {
sc_core::sc_time kernel_time(Picoseconds t) {
    return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(t));
}
Picoseconds picoseconds(const sc_core::sc_time& t) { return static_cast<Picoseconds>(t.value()); }
}  // namespace

Dispatcher::Dispatcher(const sc_core::sc_module_name& name) : sc_module(name) {
    SC_HAS_PROCESS(Dispatcher);
    SC_METHOD(dispatch);
    sensitive << resume_;
    dont_initialize();
}

void Dispatcher::set_time_resolution() { sc_core::sc_set_time_resolution(1, sc_core::SC_PS); }

Agenda& Dispatcher::add_partition() {
    partitions_.push_back(std::make_unique<Agenda>());
    return *partitions_.back();
}

void Dispatcher::bound_window(Duration latency) {
    SNSIM_CHECK(latency.value > 0, "a link between partitions needs a latency above zero");
    window_ = window_ == 0 ? latency.value : std::min(window_, latency.value);
}

void Dispatcher::run_until(Picoseconds t) {
    stop_ = t;
    resume_.notify(sc_core::SC_ZERO_TIME);
    sc_core::sc_start(kernel_time(t) - sc_core::sc_time_stamp());
}

void Dispatcher::end_of_elaboration() {
    for (auto& agenda : partitions_) agenda->elaborate();
}

void Dispatcher::dispatch() {
    if (sc_core::sc_pending_activity_at_current_time()) {
        next_trigger(sc_core::SC_ZERO_TIME);
        return;
    }
    const Picoseconds kernel_now = picoseconds(sc_core::sc_time_stamp());
    if (kernel_now >= stop_) return;  // until run_until() resumes
    ++windows_;
    Picoseconds horizon = stop_;
    const sc_core::sc_time pending = sc_core::sc_time_to_pending_activity();
    if (pending < kernel_time(stop_ - kernel_now)) horizon = kernel_now + picoseconds(pending);
    if (window_ != 0) horizon = std::min(horizon, kernel_now + window_);
    for (auto& agenda : partitions_) {
        horizon = std::min(horizon, agenda->run_until(horizon, kernel_now));
    }
    now_ = horizon;
    next_trigger(kernel_time(horizon - kernel_now));
}

}  // namespace snsim

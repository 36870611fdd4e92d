// From what the observers saw to the results of a run: metrics, tables, bottleneck, audit.
#pragma once

#include "app/measurement.h"
#include "observers/results.h"

namespace snsim {

[[nodiscard]] Results build_results(const Measurement& measurement, bool complete);

namespace detail {
void add_metrics(const Measurement& measurement, Results& results);
void add_tables(const Measurement& measurement, Results& results);
void add_bottlenecks(const Measurement& measurement, Results& results);
void add_audit(const Measurement& measurement, Results& results);
// hosts' cores and interrupts
void add_host_metrics(const Measurement& measurement, Results& results);
void add_host_cycles(const Measurement& measurement, Results& results);
// accesses that were refused, and events
void add_faults(const Measurement& measurement, Results& results);
void audit_host(const Measurement& measurement, Results& results);
}  // namespace detail

}  // namespace snsim

#include "app/validate_report.h"
#include "observers/table_rows.h"

namespace snsim {

namespace {

Table rows_table(const Validation& validation) {
    Table table{
        "validate",
        "published figures against simulated ones; a figure that could not be simulated "
        "has no row here",
        {text_column("row", "figure, or law of our own"), text_column("case", ""),
         text_column("component", ""), text_column("role", "what the figure is used for"),
         real_column("published", "", "in `unit`"), real_column("simulated", "", "in `unit`"),
         text_column("unit", "of published and simulated"),
         real_column("error", "1", "relative, without sign"),
         real_column("budget", "1", "largest error allowed"),
         flag_column("ok", "within budget, and come about as it should"),
         integer_column("events", "", "decisions of the simulator it follows from")}};
    for (const RowOutcome& row : validation.rows) {
        if (!row.simulated) continue;
        TableRow(table) << row.id << row.case_name << row.component
                        << std::string(word_of(row.role)) << row.published << *row.simulated
                        << row.unit << row.error << row.budget << row.ok << row.events;
    }
    return table;
}

Table components_table(const Validation& validation) {
    Table table{"validate_components",
                "errors by component and role",
                {text_column("component", ""), text_column("role", ""),
                 integer_column("rows", "", "figures and laws simulated"),
                 real_column("mean", "1", "mean of their errors"),
                 real_column("worst", "1", "largest error"),
                 text_column("worst_row", "which has it"), flag_column("ok", "within budgets")}};
    for (const ComponentOutcome& sum : validation.components) {
        if (sum.rows == 0) continue;
        TableRow(table) << sum.component << std::string(word_of(sum.role))
                        << static_cast<std::uint64_t>(sum.rows) << sum.mean << sum.worst
                        << sum.worst_id << sum.ok;
    }
    return table;
}

Table drift_table(const std::vector<Drift>& drifts) {
    Table table{"drift",
                "simulated values against the baseline, those on both sides",
                {text_column("row", "figure or law; `between` or a watched name for what has none"),
                 text_column("case", ""), text_column("component", ""),
                 real_column("before", "", "in the baseline"), real_column("now", "", "simulated"),
                 real_column("change", "1", "relative"), flag_column("ok", "small enough")}};
    for (const Drift& drift : drifts) {
        if (!drift.before || !drift.now) continue;
        TableRow(table) << drift.id << drift.case_name << drift.component << *drift.before
                        << *drift.now << drift.change << drift.ok;
    }
    return table;
}

}  // namespace

std::vector<Table> validate_tables(const ValidateReport& report) {
    return {rows_table(report.validation), components_table(report.validation),
            drift_table(report.drift)};
}

}  // namespace snsim

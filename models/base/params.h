// Parameters, declared once: the rows of a table are written with these builders.
//
//     struct ParserParams {
//         Bytes width;
//         Order order;
//         static const ParamTable& params();
//     };
//
//     const ParamTable& ParserParams::params() {
//         static const ParamTable table = make_table<ParserParams>("splits headers into fields", {
//             param("width", &ParserParams::width, 16_b, 1_b, 256_b, "bytes taken per clock",
//                   "estimate", {"line-rate", "2 B", "rate.delivered"}),
//             choice("order", &ParserParams::order, Order::port,
//                    {{"port", Order::port}, {"pipeline", Order::pipeline}}, "who may overtake",
//                    "estimate", no_witness("...")),
//         }).check([](const ParserParams& p, CheckReport& r) { ... r.error("width", "..."); });
//         return table;
//     }
//
// The source of a number is a citation, `estimate` or `choice`. The unit follows from the type.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "models/base/param_leaf_rows.h"
#include "models/base/param_struct_rows.h"
#include "models/base/param_table.h"

namespace snsim {

/// A bounded value: quantity, count, share, number, or an optional one.
template <class P, class T>
[[nodiscard]] RowPtr param(std::string key, T P::*member, detail::Same<T> preset,
                           detail::Same<detail::Unwrapped<T>> lower,
                           detail::Same<detail::Unwrapped<T>> upper, std::string meaning,
                           std::string source, Witness witness) {
    auto row = std::make_shared<detail::BoundedRow<T>>(std::move(key), std::move(meaning),
                                                       std::move(preset), lower, upper);
    return detail::finish(row, member, std::move(source), std::move(witness));
}

/// One of a few words.
template <class P, class T>
[[nodiscard]] RowPtr choice(
    std::string key, T P::*member, detail::Same<T> preset,
    std::vector<std::pair<std::string, detail::Same<detail::Unwrapped<T>>>> words,
    std::string meaning, std::string source, Witness witness) {
    auto row = std::make_shared<detail::ChoiceRow<T>>(std::move(key), std::move(meaning),
                                                      std::move(preset), std::move(words));
    return detail::finish(row, member, std::move(source), std::move(witness));
}

/// Any type with a ValueText.
template <class P, class T>
[[nodiscard]] RowPtr value(std::string key, T P::*member, detail::Same<T> preset,
                           std::string meaning, std::string source, Witness witness) {
    auto row = std::make_shared<detail::ValueRow<T>>(std::move(key), std::move(meaning),
                                                     std::move(preset));
    return detail::finish(row, member, std::move(source), std::move(witness));
}

template <class P, class T>
[[nodiscard]] RowPtr flag(std::string key, T P::*member, detail::Same<T> preset,
                          std::string meaning, std::string source, Witness witness) {
    return value(std::move(key), member, std::move(preset), std::move(meaning), std::move(source),
                 std::move(witness));
}

/// Text, also a list of texts or a FilePath.
template <class P, class T>
[[nodiscard]] RowPtr text(std::string key, T P::*member, detail::Same<T> preset,
                          std::string meaning, Witness witness) {
    return value(std::move(key), member, std::move(preset), std::move(meaning), "choice",
                 std::move(witness));
}

/// A struct with its own `params()`.
template <class P, class T>
[[nodiscard]] RowPtr section(std::string key, T P::*member, std::string meaning) {
    auto row = std::make_shared<Section>(Row::Kind::section, std::move(key), std::move(meaning));
    row->table = &T::params;
    row->member = detail::address(member);
    return row;
}

/// A list of structs, addressed by their `name` if they have one.
template <class P, class T>
[[nodiscard]] RowPtr list(std::string key, std::vector<T> P::*member, std::string meaning) {
    auto row = std::make_shared<detail::ListRow<T>>(std::move(key), std::move(meaning));
    row->table = &T::params;
    row->member = detail::address(member);
    return row;
}

/// A list that may also stand in a file of its own.
template <class P, class T>
[[nodiscard]] RowPtr list_or_file(std::string key, std::vector<T> P::*member, std::string meaning) {
    auto row = list(std::move(key), member, std::move(meaning));
    static_cast<List&>(*row).or_file = true;
    return row;
}

/// The rows of `Alt` stand beside the others when key `selector` is `word`; the variant then holds
/// an `Alt`. `alternative<FirewallParams>("kind", "firewall", &FunctionParams::body)`
template <class Alt, class P, class... Ts>
[[nodiscard]] RowPtr alternative(const std::string& selector, std::string word,
                                 std::variant<Ts...> P::*member) {
    auto row = std::make_shared<detail::AlternativeRow<Alt, Ts...>>(
        Row::Kind::alternative, std::move(word), Alt::params().about());
    row->selector = selector;
    row->table = &Alt::params;
    row->member = detail::address(member);
    return row;
}

/// A key kept for later work; using it is an error.
[[nodiscard]] RowPtr reserved(std::string key, std::string meaning);
/// The key must be given.
[[nodiscard]] RowPtr required(RowPtr row);
/// Words of a choice kept for later work; using one is an error that lists what there is.
[[nodiscard]] RowPtr planned(std::vector<std::string> words, RowPtr row);
/// The word for "not given" of an optional value; `none` otherwise.
[[nodiscard]] RowPtr absent_as(std::string word, RowPtr row);

/// The struct with every default.
template <class P>
[[nodiscard]] P defaults() {
    P object{};
    P::params().set_defaults(&object);
    return object;
}

/// Reads a struct from a tree; what is wrong goes to `diagnostics`.
template <class P>
[[nodiscard]] P bind(const Node& section, Diagnostics& diagnostics, const std::string& path = {}) {
    P object{};
    P::params().bind(section, &object, path, diagnostics);
    return object;
}

}  // namespace snsim

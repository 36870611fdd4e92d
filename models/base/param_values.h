// How values of each type are read from a tree and printed: `ValueText<T>`.
//
// A type becomes usable in parameter tables with a specialisation of three functions:
//
//     template <>
//     struct ValueText<PortRange> {
//         static std::string type() { return "ports, as in '80' or '1000-2000'"; }
//         static bool parse(const Node& node, PortRange& value, ValueErrors& errors);
//         static std::string print(const PortRange& value);   // one line of YAML parse() accepts
//     };
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "models/base/quantity_text.h"
#include "models/base/value_tree.h"

namespace snsim {

/// What is wrong with one value; a structured value may have several errors.
class ValueErrors {
  public:
    struct Error {
        Origin origin;
        std::string below;  ///< path below the value: `1.weight`; empty for the value itself
        std::string message;
    };

    bool error(const Node& at, std::string message, std::string below = {}) {
        errors_.push_back({at.origin, std::move(below), std::move(message)});
        return false;
    }
    [[nodiscard]] const std::vector<Error>& all() const { return errors_; }

  private:
    std::vector<Error> errors_;
};

template <class T>
struct ValueText;

/// What an editor may accept for a value.
enum class SchemaType { any, text, count, number, boolean, texts };
template <class T>
inline constexpr SchemaType schema_type = SchemaType::any;

/// A file named in a scenario, found relative to the file that names it.
struct FilePath {
    std::string given;  ///< as written
    std::string path;   ///< to open

    [[nodiscard]] bool empty() const { return given.empty(); }
    friend bool operator==(const FilePath& a, const FilePath& b) { return a.given == b.given; }
};

/// The text of a scalar, or an error that says what stands there instead.
[[nodiscard]] bool scalar_of(const Node& node, std::string_view wanted, std::string& text,
                             ValueErrors& errors);

namespace detail {
/// Reads a scalar through one of the text parsers.
template <class T, class Parse>
bool parse_scalar(const Node& node, T& value, ValueErrors& errors, std::string_view wanted,
                  Parse parse) {
    std::string text;
    if (!scalar_of(node, wanted, text, errors)) return false;
    auto parsed = parse(text);
    if (!parsed) return errors.error(node, "'" + text + "' " + parsed.error);
    value = T{parsed.value};
    return true;
}
}  // namespace detail

template <class Tag>
struct ValueText<Quantity<Tag>> {
    using Q = Quantity<Tag>;
    static std::string type() { return std::string(dimension<Q>().name); }
    static bool parse(const Node& node, Q& value, ValueErrors& errors) {
        const std::string wanted =
            std::string(dimension<Q>().article) + " " + std::string(dimension<Q>().name);
        return detail::parse_scalar(node, value, errors, wanted,
                                    [](const std::string& t) { return parse_quantity<Q>(t); });
    }
    static std::string print(Q value) { return to_text(value); }
};
template <class Tag>
inline constexpr SchemaType schema_type<Quantity<Tag>> = SchemaType::text;

template <>
struct ValueText<Share> {
    static std::string type() { return "share"; }
    static bool parse(const Node& node, Share& value, ValueErrors& errors);
    static std::string print(Share value) { return to_text(value); }
};
template <>
inline constexpr SchemaType schema_type<Share> = SchemaType::text;

template <>
struct ValueText<double> {
    static std::string type() { return "number"; }
    static bool parse(const Node& node, double& value, ValueErrors& errors);
    static std::string print(double value) { return to_text(value); }
};
template <>
inline constexpr SchemaType schema_type<double> = SchemaType::number;

template <>
struct ValueText<std::int64_t> {
    static std::string type() { return "count"; }
    static bool parse(const Node& node, std::int64_t& value, ValueErrors& errors);
    static std::string print(std::int64_t value) { return to_text(value); }
};
template <>
inline constexpr SchemaType schema_type<std::int64_t> = SchemaType::count;

/// `true` or `false`, and none of the other words YAML has for them.
template <>
struct ValueText<bool> {
    static std::string type() { return "true or false"; }
    static bool parse(const Node& node, bool& value, ValueErrors& errors);
    static std::string print(bool value) { return value ? "true" : "false"; }
};
template <>
inline constexpr SchemaType schema_type<bool> = SchemaType::boolean;

template <>
struct ValueText<std::string> {
    static std::string type() { return "text"; }
    static bool parse(const Node& node, std::string& value, ValueErrors& errors);
    static std::string print(const std::string& value) { return scalar_text(value); }
};
template <>
inline constexpr SchemaType schema_type<std::string> = SchemaType::text;

template <>
struct ValueText<std::vector<std::string>> {
    static std::string type() { return "list of texts"; }
    static bool parse(const Node& node, std::vector<std::string>& value, ValueErrors& errors);
    static std::string print(const std::vector<std::string>& value);
};
template <>
inline constexpr SchemaType schema_type<std::vector<std::string>> = SchemaType::texts;

template <>
struct ValueText<FilePath> {
    static std::string type() { return "file"; }
    static bool parse(const Node& node, FilePath& value, ValueErrors& errors);
    static std::string print(const FilePath& value) { return scalar_text(value.given); }
};
template <>
inline constexpr SchemaType schema_type<FilePath> = SchemaType::text;

}  // namespace snsim

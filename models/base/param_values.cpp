#include "models/base/param_values.h"

#include <filesystem>

namespace snsim {

bool scalar_of(const Node& node, std::string_view wanted, std::string& text, ValueErrors& errors) {
    if (node.is_scalar()) {
        text = node.text;
        return true;
    }
    if (node.is_null()) return errors.error(node, "has no value; wanted " + std::string(wanted));
    return errors.error(node,
                        node.described() + " stands where " + std::string(wanted) + " is wanted");
}

bool ValueText<Share>::parse(const Node& node, Share& value, ValueErrors& errors) {
    return detail::parse_scalar(node, value, errors, "a share",
                                [](const std::string& t) { return parse_share(t); });
}

bool ValueText<double>::parse(const Node& node, double& value, ValueErrors& errors) {
    return detail::parse_scalar(node, value, errors, "a number",
                                [](const std::string& t) { return parse_number(t); });
}

bool ValueText<std::int64_t>::parse(const Node& node, std::int64_t& value, ValueErrors& errors) {
    return detail::parse_scalar(node, value, errors, "a whole number",
                                [](const std::string& t) { return parse_count(t); });
}

bool ValueText<bool>::parse(const Node& node, bool& value, ValueErrors& errors) {
    std::string text;
    if (!scalar_of(node, "true or false", text, errors)) return false;
    if (text != "true" && text != "false") {
        return errors.error(node, "'" + text + "' is neither true nor false");
    }
    value = text == "true";
    return true;
}

bool ValueText<std::string>::parse(const Node& node, std::string& value, ValueErrors& errors) {
    return scalar_of(node, "text", value, errors);
}

bool ValueText<std::vector<std::string>>::parse(const Node& node, std::vector<std::string>& value,
                                                ValueErrors& errors) {
    value.clear();
    if (!node.is_list()) {
        return errors.error(node,
                            node.described() + " stands where a list is wanted, as in [a, b]");
    }
    bool good = true;
    for (const Node& item : node.items) {
        value.emplace_back();
        good = scalar_of(item, "text", value.back(), errors) && good;
    }
    return good;
}

std::string ValueText<std::vector<std::string>>::print(const std::vector<std::string>& value) {
    std::string out;
    for (const std::string& text : value) out += (out.empty() ? "" : ", ") + scalar_text(text);
    return "[" + out + "]";
}

bool ValueText<FilePath>::parse(const Node& node, FilePath& value, ValueErrors& errors) {
    namespace fs = std::filesystem;
    if (!scalar_of(node, "a file name", value.given, errors)) return false;
    value.path = value.given;
    if (value.empty()) return true;
    if (node.origin.source != nullptr && fs::path(value.given).is_relative()) {
        value.path = (fs::path(node.origin.source->directory) / value.given).lexically_normal();
    }
    std::error_code failed;
    if (!fs::exists(value.path, failed)) {
        const std::string from =
            value.path == value.given ? std::string() : " (looked for " + value.path + ")";
        return errors.error(node, "there is no file '" + value.given + "'" + from);
    }
    if (fs::is_directory(value.path, failed)) {
        return errors.error(node, "'" + value.given + "' is a directory");
    }
    return true;
}

}  // namespace snsim

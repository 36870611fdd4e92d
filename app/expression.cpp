#include "app/expression.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/base/measure.h"

namespace snsim {

enum class Operation {
    number,
    name,
    add,
    subtract,
    multiply,
    divide,
    negate,
    min,
    max,
    less,
    at_most,
    more,
    at_least,
    equal,
    both
};

struct Expression::Node {
    Operation operation;
    double number = 0;
    std::string name;
    std::vector<std::shared_ptr<const Node>> operands;
};

namespace {

using NodePtr = std::shared_ptr<const Expression::Node>;

NodePtr node(Operation operation, std::vector<NodePtr> operands) {
    return std::make_shared<const Expression::Node>(
        Expression::Node{operation, 0, {}, std::move(operands)});
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; }

/// Recursive descent: condition, comparison, sum, product, factor.
class Parser {
  public:
    Parser(std::string_view text, const Expression::Names& names) : text_(text), names_(names) {}

    NodePtr whole(bool condition) {
        NodePtr root = condition ? conjunction() : sum();
        skip_blanks();
        if (at_ == text_.size()) return root;
        const char* wanted = condition ? "'and' or the end" : "an operator or the end";
        throw ExpressionError{
            at_, "'" + std::string(text_.substr(at_)) + "' stands where " + wanted + " is wanted"};
    }

  private:
    void skip_blanks() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
            ++at_;
        }
    }

    bool take(std::string_view token) {
        skip_blanks();
        if (text_.substr(at_, token.size()) != token) return false;
        const std::size_t end = at_ + token.size();
        if (is_letter(token.back()) && end < text_.size() && is_name_char(text_[end])) return false;
        at_ = end;
        return true;
    }

    NodePtr conjunction() {
        NodePtr left = comparison();
        while (take("and")) left = node(Operation::both, {left, comparison()});
        return left;
    }

    NodePtr comparison() {
        NodePtr left = sum();
        // The longer ones first.
        static constexpr std::array<std::pair<std::string_view, Operation>, 5> signs{
            {{"<=", Operation::at_most},
             {">=", Operation::at_least},
             {"==", Operation::equal},
             {"<", Operation::less},
             {">", Operation::more}}};
        for (const auto& [sign, operation] : signs) {
            if (take(sign)) return node(operation, {left, sum()});
        }
        throw ExpressionError{at_,
                              "a condition compares with <, <=, >, >= or ==, as in "
                              "'latency.p99 < 50 us'"};
    }

    NodePtr sum() {
        NodePtr left = product();
        for (;;) {
            if (take("+")) {
                left = node(Operation::add, {left, product()});
            } else if (take("-")) {
                left = node(Operation::subtract, {left, product()});
            } else {
                return left;
            }
        }
    }

    NodePtr product() {
        NodePtr left = factor();
        for (;;) {
            if (take("*")) {
                left = node(Operation::multiply, {left, factor()});
            } else if (take("/")) {
                left = node(Operation::divide, {left, factor()});
            } else {
                return left;
            }
        }
    }

    NodePtr factor() {
        const std::size_t start = at_;
        if (++depth_ > deepest) throw ExpressionError{start, "is nested too deep"};
        NodePtr out;
        if (take("-")) {
            out = node(Operation::negate, {factor()});
        } else if (take("(")) {
            out = sum();
            close();
        } else if (take("min(") || take("min (")) {
            out = node(Operation::min, arguments());
        } else if (take("max(") || take("max (")) {
            out = node(Operation::max, arguments());
        } else {
            skip_blanks();
            out = at_ < text_.size() && is_digit(text_[at_]) ? quantity() : name();
        }
        --depth_;
        return out;
    }

    void close() {
        if (!take(")")) throw ExpressionError{at_, "a ')' is missing here"};
    }

    std::vector<NodePtr> arguments() {
        std::vector<NodePtr> out{sum()};
        while (take(",")) out.push_back(sum());
        close();
        return out;
    }

    /// Digits, and a unit behind them if one is there.
    NodePtr quantity() {
        const std::size_t start = at_;
        while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.' ||
                                      text_[at_] == '_' || exponent_at(at_) > 0)) {
            at_ += std::max<std::size_t>(exponent_at(at_), 1);
        }
        const std::size_t digits_end = at_;
        std::size_t unit = at_;
        while (unit < text_.size() && text_[unit] == ' ') ++unit;
        std::size_t end = unit;
        if (unit < text_.size() && (is_letter(text_[unit]) || text_[unit] == '%')) {
            while (end < text_.size() &&
                   (is_letter(text_[end]) || text_[end] == '%' ||
                    (text_[end] == '/' && end + 1 < text_.size() && text_[end + 1] == 's'))) {
                ++end;
            }
            if (text_.substr(unit, end - unit) == "and") end = unit;
        }
        at_ = end == unit ? digits_end : end;
        const std::string text(text_.substr(start, at_ - start));
        const auto measure = parse_measure(text);
        if (!measure) {
            throw ExpressionError{start, "'" + text +
                                             "' is neither a number nor a quantity, as in "
                                             "'50 us'"};
        }
        auto out = std::make_shared<Expression::Node>();
        out->operation = Operation::number;
        out->number = measure->si;
        return out;
    }

    /// The `e-6` of `1e-6`, or the `e9` of `1e9`: how many bytes stand before the digits; else 0.
    [[nodiscard]] std::size_t exponent_at(std::size_t at) const {
        if (at + 1 >= text_.size() || (text_[at] != 'e' && text_[at] != 'E')) return 0;
        if (is_digit(text_[at + 1])) return 1;
        const bool sign = text_[at + 1] == '-' || text_[at + 1] == '+';
        return sign && at + 2 < text_.size() && is_digit(text_[at + 2]) ? 2 : 0;
    }

    NodePtr name() {
        const std::size_t start = at_;
        std::size_t end = at_;
        const auto stands_in_name = [&](std::size_t i) {
            return is_name_char(text_[i]) || (text_[i] == '-' && i > start);
        };
        while (end < text_.size() && stands_in_name(end)) ++end;
        if (end == start) {
            throw ExpressionError{start, start == text_.size()
                                             ? std::string("a value is missing at the end")
                                             : "'" + std::string(1, text_[start]) +
                                                   "' stands where a value is wanted"};
        }
        // What follows a '-' may belong to the name or not.
        for (std::size_t stop = end; stop > start;) {
            std::string name(text_.substr(start, stop - start));
            if (names_.known(name)) {
                at_ = stop;
                auto out = std::make_shared<Expression::Node>();
                out->operation = Operation::name;
                out->name = std::move(name);
                return out;
            }
            const auto minus = text_.substr(start, stop - start).rfind('-');
            if (minus == std::string_view::npos) break;
            stop = start + minus;
        }
        const std::string unknown(text_.substr(start, end - start));
        throw ExpressionError{start, "'" + unknown + "' is not known" + names_.hint(unknown)};
    }

    static constexpr int deepest = 100;

    std::string_view text_;
    const Expression::Names& names_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

double fold(Operation operation, double a, double b) {
    switch (operation) {
        case Operation::add: return a + b;
        case Operation::subtract: return a - b;
        case Operation::multiply: return a * b;
        case Operation::divide: return a / b;
        case Operation::min: return std::min(a, b);
        case Operation::max: return std::max(a, b);
        case Operation::less: return a < b ? 1 : 0;
        case Operation::at_most: return a <= b ? 1 : 0;
        case Operation::more: return a > b ? 1 : 0;
        case Operation::at_least: return a >= b ? 1 : 0;
        case Operation::equal: return a <= b && a >= b ? 1 : 0;
        case Operation::both: return a > 0 && b > 0 ? 1 : 0;
        default: return 0;
    }
}

std::optional<double> evaluate(const Expression::Node& node, const Expression::Values& values) {
    if (node.operation == Operation::number) return node.number;
    if (node.operation == Operation::name) return values(node.name);
    std::optional<double> out;
    for (const NodePtr& operand : node.operands) {
        const auto next = evaluate(*operand, values);
        if (!next) return std::nullopt;
        out = out ? fold(node.operation, *out, *next) : *next;
    }
    if (node.operation == Operation::negate) out = -*out;
    if (!std::isfinite(*out)) return std::nullopt;
    return out;
}

void collect(const Expression::Node& node, std::vector<std::string>& names) {
    if (node.operation == Operation::name &&
        std::find(names.begin(), names.end(), node.name) == names.end()) {
        names.push_back(node.name);
    }
    for (const NodePtr& operand : node.operands) collect(*operand, names);
}

}  // namespace

Expression Expression::number(std::string_view text, const Names& names) {
    return Expression(Parser(text, names).whole(false));
}

Expression Expression::condition(std::string_view text, const Names& names) {
    return Expression(Parser(text, names).whole(true));
}

std::optional<double> Expression::value(const Values& values) const {
    return evaluate(*root_, values);
}

std::vector<std::string> Expression::names() const {
    std::vector<std::string> out;
    collect(*root_, out);
    return out;
}

std::optional<std::string> Expression::only_name() const {
    if (root_->operation != Operation::name) return std::nullopt;
    return root_->name;
}

}  // namespace snsim

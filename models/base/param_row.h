// The rows of a parameter table, with their types erased.
//
// Tables are written with the builders of params.h; this is what readers of tables see.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/base/param_values.h"

namespace snsim {

class ParamTable;

/// Proof that a parameter matters: setting it to `value` in `scenario` changes `metric`. For
/// limits: the value is refused, or the run, because something no longer fits.
struct Witness {
    static constexpr const char* refusal = "refused";  ///< in place of a metric

    std::string scenario;  ///< name below scenarios/, without .yaml
    std::string value;     ///< the changed value
    std::string metric;    ///< or a table of the results file: `/frames`
    std::string where;     ///< path in that scenario when it is not the first instance of the row
    std::vector<std::string> with;  ///< PATH=VALUE set in both runs, so that the row matters
    std::string reason;             ///< why there is no witness

    Witness() = default;
    Witness(std::string in, std::string changed, std::string changes, std::string at = {},
            std::vector<std::string> both = {})
        : scenario(std::move(in)),
          value(std::move(changed)),
          metric(std::move(changes)),
          where(std::move(at)),
          with(std::move(both)) {}
    [[nodiscard]] bool given() const { return !scenario.empty(); }
    /// `in quickstart, '2' changes latency.mean`; more settings than `most_settings` are counted.
    [[nodiscard]] std::string sentence(std::size_t most_settings) const;
};

/// For limits: with this value there is no run.
[[nodiscard]] Witness refused(std::string scenario, std::string value, std::string where = {},
                              std::vector<std::string> with = {});
/// For rows that no result depends on, with the reason.
[[nodiscard]] Witness no_witness(std::string reason);

/// The address of the member inside its struct.
using MemberAddress = std::function<void*(void*)>;

struct Row {
    enum class Kind { leaf, section, list, alternative, reserved };

    Row(Kind row_kind, std::string row_key, std::string row_meaning)
        : kind(row_kind), key(std::move(row_key)), meaning(std::move(row_meaning)) {}
    virtual ~Row() = default;
    Row(const Row&) = delete;
    Row& operator=(const Row&) = delete;

    Kind kind;
    std::string key;
    std::string meaning;
    MemberAddress member;
    bool required = false;

    [[nodiscard]] const void* at(const void* object) const {
        return member(const_cast<void*>(object));
    }
};

/// One value. `value` arguments are the member's address.
struct Leaf : Row {
    using Row::Row;

    std::string source;  ///< where the default comes from
    Witness witness;
    std::string absent_word;           ///< how "not given" is written, for optional values
    std::vector<std::string> planned;  ///< words kept for later work

    virtual bool read(const Node& node, void* value, ValueErrors& errors) const = 0;
    virtual void set_default(void* value) const = 0;
    [[nodiscard]] virtual std::string print(const void* value) const = 0;
    [[nodiscard]] virtual std::string type() const = 0;  ///< "frequency"
    [[nodiscard]] virtual SchemaType schema() const = 0;
    [[nodiscard]] virtual bool optional() const = 0;
    [[nodiscard]] virtual std::string default_text() const = 0;
    [[nodiscard]] virtual std::string lower_text() const { return {}; }  ///< empty: no bounds
    [[nodiscard]] virtual std::string upper_text() const { return {}; }
    [[nodiscard]] virtual std::string below_text() const { return {}; }  ///< just outside
    [[nodiscard]] virtual std::string above_text() const { return {}; }
    [[nodiscard]] virtual std::vector<std::string> choices() const { return {}; }

    /// `(default 2 GHz, range 100 MHz to 5 GHz)`
    [[nodiscard]] std::string hint() const;
};

/// A struct with a table of its own.
struct Section : Row {
    using Row::Row;
    const ParamTable& (*table)() = nullptr;
};

/// A list of structs; addressed by their names where their table has a key `name`.
struct List : Row {
    using Row::Row;
    const ParamTable& (*table)() = nullptr;
    bool or_file = false;  ///< the name of a file that holds the list may stand instead

    virtual void resize(void* list, std::size_t size) const = 0;
    [[nodiscard]] virtual std::size_t size(const void* list) const = 0;
    [[nodiscard]] virtual void* element(void* list, std::size_t index) const = 0;
    [[nodiscard]] const void* element(const void* list, std::size_t index) const {
        return element(const_cast<void*>(list), index);
    }
};

/// Keys that stand beside the others when key `selector` has value `key`.
struct Alternative : Row {
    using Row::Row;
    std::string selector;
    const ParamTable& (*table)() = nullptr;

    virtual void* activate(void* variant) const = 0;
    [[nodiscard]] virtual const void* active(const void* variant) const = 0;  ///< or nullptr
};

/// A key kept for later work: using it is an error.
struct Reserved : Row {
    Reserved(std::string row_key, std::string row_meaning)
        : Row(Kind::reserved, std::move(row_key), std::move(row_meaning)) {}
};

using RowPtr = std::shared_ptr<Row>;

}  // namespace snsim

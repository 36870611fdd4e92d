// A probe is how a model announces facts: it calls whoever listens and knows nobody.
//
// Without a listener a call costs a load and a branch. Facts carry their own time and may be
// announced ahead of the agenda's present; listeners must not touch the model.
#pragma once

#include <vector>

namespace snsim {

template <class Fact>
class Probe {
  public:
    using Listener = void (*)(void* context, const Fact& fact);

    void listen(Listener listener, void* context) {
        listeners_.push_back({listener, context});
        heard_ = true;
    }

    /// Calls (object->*method)(fact) for each fact.
    template <auto method, class Object>
    void listen(Object& object) {
        listen(
            [](void* context, const Fact& fact) { (static_cast<Object*>(context)->*method)(fact); },
            &object);
    }

    [[nodiscard]] bool heard() const { return heard_; }

    void operator()(const Fact& fact) const {
        for (const Entry& entry : listeners_) entry.listener(entry.context, fact);
    }

  private:
    struct Entry {
        Listener listener;
        void* context;
    };
    bool heard_ = false;
    std::vector<Entry> listeners_;
};

}  // namespace snsim

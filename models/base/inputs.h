// How frames and wake-ups reach a block through the agenda.
//
// A FrameInput is the mouth of a block: frames arrive in non-decreasing time (checked). An *agenda
// point* turns each arrival into an item, because order or contention is decided there. A *private*
// input, with one feeder and state that nobody else touches, is passed at once even when the
// arrival lies ahead of now; with run-ahead switched off it behaves like an agenda point, with
// the same results. An agenda point may let a frame by before its turn when nothing that is still
// to come can change what becomes of it. A Wake is a block's own timer.
#pragma once

#include "models/base/agenda.h"
#include "models/base/ring.h"

namespace snsim {

enum class InputKind : std::uint8_t { agenda_point, private_fifo };

class FrameInput {
  public:
    using Handler = void (*)(void* context, Frame& frame, Picoseconds t);
    /// Handles a frame of an agenda point before its turn if nothing that is still to come can
    /// change what becomes of it; false if something might.
    using Ahead = bool (*)(void* context, Frame& frame, Picoseconds t);

    FrameInput(Agenda& agenda, BlockId block, InputKind kind, Handler handler, void* context,
               Ahead ahead = nullptr)
        : agenda_(agenda),
          handler_(handler),
          ahead_(agenda.run_ahead ? ahead : nullptr),
          context_(context),
          counted_(kind == InputKind::agenda_point),
          direct_(kind == InputKind::private_fifo && agenda.run_ahead) {
        if (!direct_) slot_ = agenda.add_slot(block, &FrameInput::due, this);
    }
    FrameInput(const FrameInput&) = delete;
    FrameInput& operator=(const FrameInput&) = delete;

    /// The frame arrives at t.
    void accept(Frame& frame, Picoseconds t) {
        if (passes(t)) {
            handler_(context_, frame, t);
        } else {
            wait(frame, t);
        }
    }
    /// True if a frame that arrives at t is handled at once; otherwise it has to wait().
    [[nodiscard]] bool passes(Picoseconds t) {
        SNSIM_CHECK(t >= last_, "frames reached an input out of time order");
        last_ = t;
        return direct_;
    }
    /// For its turn, unless it goes ahead of that.
    void wait(Frame& frame, Picoseconds t) {
        const bool first = waiting_.empty();
        if (first && goes_ahead(frame, t)) return;
        waiting_.push({&frame, t});
        if (first) agenda_.post(slot_, t, Phase::arrival);
    }
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  private:
    struct Arrival {
        Frame* frame;
        Picoseconds t;
    };

    static void due(void* self) {
        auto& input = *static_cast<FrameInput*>(self);
        const Arrival arrival = input.waiting_.pop();
        if (!input.waiting_.empty()) input.waiting_.front().frame->prefetch();
        if (input.counted_) input.agenda_.count_item();
        input.handler_(input.context_, *arrival.frame, arrival.t);
        input.pass_next();
    }

    /// Lets the frame by, before which none waits, if it may go ahead of its turn: what is
    /// announced has to lie within the time that the agenda is executing.
    bool goes_ahead(Frame& frame, Picoseconds t) {
        if (ahead_ == nullptr || t >= agenda_.horizon() || !ahead_(context_, frame, t))
            return false;
        agenda_.count_item();
        return true;
    }
    /// The first of those that wait has gone: others follow it as far as they may.
    void pass_next() {
        while (!waiting_.empty()) {
            const Arrival next = waiting_.front();
            if (!goes_ahead(*next.frame, next.t)) {
                agenda_.post(slot_, next.t, Phase::arrival);
                break;
            }
            waiting_.pop();
        }
    }

    Agenda& agenda_;
    Handler handler_;
    Ahead ahead_;
    void* context_;
    bool counted_;
    bool direct_;
    SlotId slot_{};
    Picoseconds last_ = 0;
    Ring<Arrival> waiting_;
};

/// A frame input that calls owner.method(frame, t).
template <auto method, class Owner>
[[nodiscard]] FrameInput::Handler frame_handler() {
    return [](void* context, Frame& frame, Picoseconds t) {
        (static_cast<Owner*>(context)->*method)(frame, t);
    };
}

/// The same for one that may let frames by before their turn: owner.method(frame, t) says whether.
template <auto method, class Owner>
[[nodiscard]] FrameInput::Ahead ahead_handler() {
    return [](void* context, Frame& frame, Picoseconds t) {
        return (static_cast<Owner*>(context)->*method)(frame, t);
    };
}

/// The function of a socket behind which stands the input `input` of a block, which calls
/// owner.method(frame, t).
template <auto input, auto method, class Owner>
[[nodiscard]] auto input_function() {
    return [](void* context, Frame& frame, Picoseconds t) {
        auto& owner = *static_cast<Owner*>(context);
        if ((owner.*input).passes(t)) {
            (owner.*method)(frame, t);
        } else {
            (owner.*input).wait(frame, t);
        }
    };
}

class Wake {
  public:
    template <class Owner>
    using Method = void (Owner::*)();

    Wake(Agenda& agenda, BlockId block, Agenda::Handler handler, void* context)
        : agenda_(agenda), slot_(agenda.add_slot(block, handler, context)) {}
    Wake(const Wake&) = delete;
    Wake& operator=(const Wake&) = delete;

    void at(Picoseconds t, Phase phase) { agenda_.post(slot_, t, phase); }
    void cancel() { agenda_.cancel(slot_); }
    [[nodiscard]] bool is_over(Picoseconds t, Phase phase) const {
        return agenda_.is_over(slot_, t, phase);
    }
    [[nodiscard]] bool pending() const { return agenda_.pending(slot_); }
    [[nodiscard]] Picoseconds due() const { return agenda_.due(slot_); }

  private:
    Agenda& agenda_;
    SlotId slot_;
};

/// A wake-up that calls owner.method().
template <auto method, class Owner>
[[nodiscard]] Agenda::Handler wake_handler() {
    return [](void* context) { (static_cast<Owner*>(context)->*method)(); };
}

}  // namespace snsim

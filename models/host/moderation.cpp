#include "models/host/moderation.h"

namespace snsim {

namespace {

/// More than a tenth apart.
bool differs(std::uint64_t now, std::uint64_t before) {
    const std::uint64_t apart = now > before ? now - before : before - now;
    return 100 * apart / before > 10;
}

}  // namespace

bool AdaptiveModeration::sample(Picoseconds t, std::uint64_t interrupts, std::uint64_t frames,
                                std::uint64_t bytes) {
    const Totals now{t, interrupts, frames, bytes};
    if (!started_) {
        started_ = true;
        start_ = now;
        return false;
    }
    if (interrupts - start_.interrupts < interrupts_per_sample) return false;
    constexpr Picoseconds microsecond = 1'000'000;
    const auto span = static_cast<std::uint64_t>((t - start_.t) / microsecond);
    if (span == 0) return false;
    const auto rate = [&](std::uint64_t count) { return (count * 1000 + span - 1) / span; };
    const Rates rates{rate(interrupts - start_.interrupts), rate(frames - start_.frames),
                      rate(bytes - start_.bytes)};
    start_ = now;
    return decide(rates);
}

AdaptiveModeration::Verdict AdaptiveModeration::compare(const Rates& now) const {
    if (before_.bytes == 0) return now.bytes > 0 ? Verdict::better : Verdict::same;
    if (differs(now.bytes, before_.bytes)) {
        return now.bytes > before_.bytes ? Verdict::better : Verdict::worse;
    }
    if (before_.frames == 0) return now.frames > 0 ? Verdict::better : Verdict::same;
    if (differs(now.frames, before_.frames)) {
        return now.frames > before_.frames ? Verdict::better : Verdict::worse;
    }
    if (before_.interrupts == 0) return Verdict::same;
    if (differs(now.interrupts, before_.interrupts)) {
        return now.interrupts < before_.interrupts ? Verdict::better : Verdict::worse;
    }
    return Verdict::same;
}

bool AdaptiveModeration::decide(const Rates& now) {
    const std::size_t index = index_;
    const Tune tune = tune_;
    switch (tune_) {
        case Tune::parked:
            if (compare(now) != Verdict::same) leave_parking();
            break;
        case Tune::tired:
            if (--tired_ == 0) leave_parking();
            break;
        case Tune::right:
        case Tune::left:
            if (compare(now) != Verdict::better) turn();
            if (on_top()) {
                park();
                break;
            }
            switch (step()) {
                case Step::stepped: break;
                case Step::edge: park(); break;
                case Step::tired:
                    steps_right_ = steps_left_ = 0;
                    tune_ = Tune::tired;
                    break;
            }
            break;
    }
    if (tune != Tune::parked || tune_ != Tune::parked) before_ = now;
    return index_ != index;
}

void AdaptiveModeration::turn() {
    if (tune_ == Tune::right) {
        tune_ = Tune::left;
        steps_left_ = 0;
    } else {
        tune_ = Tune::right;
        steps_right_ = 0;
    }
}

void AdaptiveModeration::park() {
    steps_right_ = steps_left_ = 0;
    tired_ = 0;
    tune_ = Tune::parked;
}

void AdaptiveModeration::leave_parking() {
    tune_ = index_ > 0 ? Tune::left : Tune::right;
    static_cast<void>(step());
}

AdaptiveModeration::Step AdaptiveModeration::step() {
    if (tired_ == 2 * settings.size()) return Step::tired;
    if (tune_ == Tune::right) {
        if (index_ + 1 == settings.size()) return Step::edge;
        ++index_;
        ++steps_right_;
    } else {
        if (index_ == 0) return Step::edge;
        --index_;
        ++steps_left_;
    }
    ++tired_;
    return Step::stepped;
}

bool AdaptiveModeration::on_top() const {
    if (tune_ == Tune::right) return steps_left_ > 1 && steps_right_ == 1;
    return steps_right_ > 1 && steps_left_ == 1;
}

}  // namespace snsim

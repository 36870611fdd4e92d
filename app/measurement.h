// The observers of a run. Which probe feeds which: measurement_wiring.cpp.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "models/asic/asic_events.h"
#include "models/system/system.h"
#include "observers/access_observer.h"
#include "observers/cycle_meter.h"
#include "observers/energy_meter.h"
#include "observers/fault_counter.h"
#include "observers/frame_counter.h"
#include "observers/journey_observer.h"
#include "observers/pcap_writer.h"
#include "observers/results.h"
#include "observers/station_observer.h"
#include "observers/timeline.h"

namespace snsim {

/// Frames and bytes; for delivered ones also the transport payload.
struct Tally {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    std::uint64_t inner = 0;

    Tally& operator+=(const Tally& other) {
        frames += other.frames;
        bytes += other.bytes;
        inner += other.inner;
        return *this;
    }
};

class Measurement {
  public:
    Measurement(System& system, const std::string& pcap_dir);
    Measurement(const Measurement&) = delete;
    Measurement& operator=(const Measurement&) = delete;

    /// What is counted per traffic class.
    struct PerClass {
        Tally offered;
        Tally delivered;
        Tally dropped_policy;
        Tally dropped_loss;
        Uint128 late_ps = 0;
        std::int64_t tag_bytes = 0;  ///< by which NICs made those longer that were offered
        std::array<std::uint64_t, Window::batches> delivered_batch{};
        std::array<std::uint64_t, Window::batches> delivered_bytes_batch{};
    };
    struct Drop {
        std::size_t host;
        std::uint8_t place;
        DropReason reason;
        Tally tally;
    };
    /// One host's instances.
    struct PerHost {
        std::size_t index;
        Measurement* owner;
        std::unique_ptr<StationObserver> stations;
        std::unique_ptr<EnergyMeter> energy;
        std::unique_ptr<Timeline> timeline;
        std::unique_ptr<CycleMeter> cycles;
        std::unique_ptr<FrameCounter> frames;
        std::unique_ptr<JourneyObserver> journeys;
        std::vector<std::size_t> arrivals;             ///< places among `frames`: by port, then
                                                       ///< of what interfaces send
        std::vector<std::size_t> departures;           ///< likewise; then those to the host
        FaultCounter faults;                           ///< of interfaces
        FaultCounter strays;                           ///< that nothing stopped
        std::deque<FaultCounter::Place> fault_places;  ///< which feed them
        std::vector<std::unique_ptr<AccessObserver>> engines;  ///< by device, the card first
        AccessObserver* accesses = nullptr;  ///< the first, which has all classes; null where no
                                             ///< host is modelled
        std::size_t buffer_drops;            ///< likewise
        std::size_t dropped_counter;         ///< policy, loss; of drops elsewhere
        std::array<std::uint64_t, 2> offered_l1_bytes{};  ///< in the window, by port
        std::vector<std::vector<float>> queue_history;    ///< by bin: mean frames in each queue
    };

    /// Connections over all tables at one moment.
    struct Connections {
        bool tracked = false;
        std::uint64_t active = 0;
        std::uint64_t installed = 0;
        std::uint64_t evicted = 0;
    };
    /// Call when the present is the window's start and end.
    void mark_start() { connections_at_start_ = count_connections(); }
    void mark_end() { connections_at_end_ = count_connections(); }
    [[nodiscard]] const Connections& connections_at_start() const { return connections_at_start_; }
    [[nodiscard]] const Connections& connections_at_end() const { return connections_at_end_; }

    /// Closes what can be closed at `now`; series go to the sink.
    void advance(Picoseconds now, SeriesSink& sink);
    /// The window is known from now on, and so is the end of the run: whatever is announced for
    /// that time or later did not happen.
    void open(const Window& window, Picoseconds run_end);
    /// Forgets what cannot matter to a window that has not opened yet.
    void before_window(Picoseconds now);
    /// True when every queue's mean over the last two tenths of the run differs by less than 5 %.
    [[nodiscard]] bool steady() const;
    /// The run was interrupted at `now`: the window ends here, and may be empty.
    void cut(Picoseconds now, SeriesSink& sink);
    /// Takes stock of the frames still under way; the run is over.
    void finish(Picoseconds now);
    /// Completes the captures; throws ResultsError.
    void close_captures(bool complete);

    void declare_series(SeriesSink& sink);

    /// True if some class consists of frames.
    [[nodiscard]] bool has_frames() const;

    [[nodiscard]] const Window& window() const { return window_; }
    [[nodiscard]] Picoseconds interval() const { return interval_; }
    [[nodiscard]] std::uint64_t delivered_so_far() const;
    [[nodiscard]] const std::vector<PerClass>& classes() const { return classes_; }
    [[nodiscard]] const std::deque<PerHost>& hosts() const { return hosts_; }
    [[nodiscard]] const std::vector<Drop>& drops() const { return drops_; }
    [[nodiscard]] System& system() const { return system_; }
    [[nodiscard]] bool was_steady() const { return was_steady_; }
    void set_steady(bool steady) { was_steady_ = steady; }

  private:
    struct CapturePoint {
        std::unique_ptr<PcapWriter> writer;
        static void arrived(void* self, const FrameArrived& fact);
        static void departed(void* self, const FrameDeparted& fact);
        void write(const Frame& frame, Picoseconds t) const;
    };

    [[nodiscard]] Connections count_connections() const;
    void attach_host(System::HostParts& parts, PerHost& host);
    void attach_software(System::HostParts& parts, PerHost& host);
    static void attach_faults(System::HostParts& parts, PerHost& host);
    void attach_energy(System::HostParts& parts, PerHost& host, const CardPowerParams& power);
    static void attach_pcie(System::HostParts& parts, PerHost& host, std::size_t classes);
    void attach_captures(const std::string& folder);
    void close_bin(PerHost& host, const Bin& bin);
    void close_frames(PerHost& host, const Bin& bin, bool inside);
    std::uint64_t close_buffer_drops(PerHost& host, const Bin& bin, bool inside);
    static void on_tag(void* self, const TagChanged& fact);
    static void on_dropped(void* host, const FrameDropped& fact);
    void add_drops(const Drop& drops, std::size_t traffic_class);

    System& system_;
    Picoseconds interval_;
    Window window_;
    bool was_steady_ = true;
    Connections connections_at_start_;
    Connections connections_at_end_;
    std::vector<PerClass> classes_;
    std::deque<PerHost> hosts_;
    std::vector<Drop> drops_;
    std::deque<CapturePoint> captures_;
    std::vector<double> row_;  // of the series, under construction
};

}  // namespace snsim

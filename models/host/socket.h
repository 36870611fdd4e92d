// A socket and the application behind it: a thread that reads, and sleeps when there is nothing.
//
// The kernel queues packets at the socket, up to its receive buffer; what finds no room is dropped.
// A read is a system call that takes up to `read` bytes of a TCP stream, or one datagram, and
// copies them: from the last-level cache what is still there of what cards wrote, the rest from
// memory. A reader
// on another core than the driver's fetches the packet's cache lines from there first. A frame is
// received when its bytes are copied, or, by an application that replies, sent back then. Left out:
// TCP's own behaviour (traffic is sent whether or not it is acknowledged), several readers.
#pragma once

#include "models/host/core.h"
#include "models/host/driver_params.h"
#include "models/host/frame_path.h"
#include "models/host/kernel_transmit.h"
#include "models/host/packet.h"

namespace snsim {

/// The last-level cache's ways that cards' writes go to.
struct DeviceCache {
    Bytes bytes;
    std::uint32_t ways = 2;

    /// Share of a frame's lines that are gone when so many bytes were written after it: pages lie
    /// anywhere, so as many as a Poisson variable says fell into a line's set, and it is gone once
    /// there are as many as ways.
    [[nodiscard]] double missing(std::uint64_t bytes_since) const;
};

class Socket final : public Task {
  public:
    Socket(FramePath& path, PacketPool& pool, const CpuParams& costs, const DriverParams& params,
           const DeviceCache& cache, KernelTransmit& transmit, Core& core, std::uint16_t interface);

    /// Queues a packet at work.now(), waking the thread if it sleeps.
    void queue(Packet& packet, Work& work);
    [[nodiscard]] std::uint64_t bytes_queued() const { return queued_; }

  private:
    Next run(Work& work) override;
    void copy(Packet& packet, Work& work);
    void finish(Frame& frame, Work& work);

    FramePath& path_;
    PacketPool& pool_;
    const CpuParams& costs_;
    const DriverParams& params_;
    DeviceCache cache_;
    KernelTransmit& transmit_;
    Core& core_;
    std::uint16_t interface_;

    Ring<Packet*> packets_;
    std::uint64_t queued_ = 0;  ///< bytes
    bool asleep_ = true;
};

}  // namespace snsim

#include "models/pcie/iommu.h"

#include <gtest/gtest.h>

#include "models/base/random.h"
#include "tests/support/bench.h"

namespace snsim {
namespace {

constexpr std::uint64_t page = 4096;

IommuParams params(std::int64_t entries, std::int64_t walkers) {
    auto p = defaults<IommuParams>();
    p.enabled = true;
    p.entries = entries;
    p.walkers = walkers;
    p.walk = 100_ns;
    return p;
}

class IommuBench : public Bench {
  public:
    explicit IommuBench(const IommuParams& p) : iommu("iommu", partition, p) {}
    Iommu iommu;
};

TEST(Iommu, AFunctionWithADomainReachesWhatIsMappedForItAndNothingElse) {
    IommuBench bench(params(4, 1));
    bench.iommu.map(1, 10 * page, 2 * page, true);
    bench.iommu.map(1, 12 * page, 100, false);
    bench.iommu.map(2, 20 * page, page, true);
    EXPECT_TRUE(bench.iommu.allows(1, 10 * page, 2 * page, true));
    EXPECT_TRUE(bench.iommu.allows(1, 10 * page, 3 * page, false));
    EXPECT_FALSE(bench.iommu.allows(1, 11 * page, page + 1, true));   // into a read-only page
    EXPECT_FALSE(bench.iommu.allows(1, 12 * page, page + 1, false));  // beyond the last page
    EXPECT_FALSE(bench.iommu.allows(1, 10 * page - 1, 2, false));     // before the first
    EXPECT_FALSE(bench.iommu.allows(1, 20 * page, 16, false));        // another's
    EXPECT_FALSE(bench.iommu.allows(2, 10 * page, 16, true));         // likewise
    EXPECT_TRUE(bench.iommu.allows(3, 10 * page, 16, true));          // has no domain
    bench.iommu.unmap(2);
    EXPECT_FALSE(bench.iommu.allows(2, 20 * page, 16, false));
}

TEST(Iommu, LargePagesGiveAndTakeNoRights) {
    IommuParams large = params(4, 1);
    large.page = Bytes{2 << 20};
    IommuBench bench(large);
    bench.iommu.map(1, 10 * page, page, false);
    bench.iommu.map(1, 11 * page, page, true);
    bench.iommu.map(1, 12 * page, page, false);
    bench.iommu.map(2, 13 * page, page, true);
    EXPECT_TRUE(bench.iommu.allows(1, 11 * page, page, true));
    EXPECT_FALSE(bench.iommu.allows(1, 12 * page, 16, true));
    EXPECT_FALSE(bench.iommu.allows(1, 13 * page, 16, false));  // another's in the same large page
}

TEST(Iommu, WalksForTheFirstAccessToAPageAndNotForTheNext) {
    IommuBench bench(params(4, 1));
    EXPECT_EQ(bench.iommu.translate(0, 5 * page, 64, 1000), 101'000);
    EXPECT_EQ(bench.iommu.translate(0, 5 * page + 128, 64, 200'000), 200'000);
}

TEST(Iommu, AnAccessToAPageThatIsBeingWalkedWaitsForThatWalk) {
    IommuBench bench(params(4, 4));
    EXPECT_EQ(bench.iommu.translate(0, 5 * page, 64, 0), 100'000);
    EXPECT_EQ(bench.iommu.translate(0, 5 * page, 64, 30'000), 100'000);
    EXPECT_EQ(bench.iommu.walks(), 1U);
}

TEST(Iommu, WalksSideBySideAreLimitedByTheWalkers) {
    IommuBench bench(params(16, 2));
    EXPECT_EQ(bench.iommu.translate(0, 1 * page, 64, 0), 100'000);
    EXPECT_EQ(bench.iommu.translate(0, 2 * page, 64, 0), 100'000);
    EXPECT_EQ(bench.iommu.translate(0, 3 * page, 64, 0), 200'000);
}

TEST(Iommu, AnAccessThatRunsIntoTheNextPageNeedsBoth) {
    IommuBench bench(params(16, 1));
    EXPECT_EQ(bench.iommu.translate(0, 2 * page - 32, 64, 0), 200'000);
}

TEST(Iommu, ForgetsThePageUsedLeastRecently) {
    IommuBench bench(params(2, 1));
    (void)bench.iommu.translate(0, 1 * page, 64, 0);
    (void)bench.iommu.translate(0, 2 * page, 64, 1'000'000);
    (void)bench.iommu.translate(0, 1 * page, 64, 2'000'000);
    (void)bench.iommu.translate(0, 3 * page, 64, 3'000'000);
    EXPECT_EQ(bench.iommu.translate(0, 1 * page, 64, 4'000'000), 4'000'000);
    EXPECT_EQ(bench.iommu.translate(0, 2 * page, 64, 5'000'000), 5'100'000);
}

TEST(Iommu, KeepsFunctionsApart) {
    IommuBench bench(params(8, 1));
    (void)bench.iommu.translate(1, page, 64, 0);
    EXPECT_EQ(bench.iommu.translate(2, page, 64, 1'000'000), 1'100'000);
}

TEST(Iommu, HitsAsOftenAsItsEntriesCoverOfARandomWindow) {
    IommuBench bench(params(64, 1000));
    RandomStream random(1, "pages");
    constexpr std::uint64_t accesses = 100'000;
    constexpr std::uint64_t pages = 256;
    for (std::uint64_t i = 0; i < accesses; ++i) {
        (void)bench.iommu.translate(0, random.below(pages) * page, 64,
                                    static_cast<Picoseconds>(i) * 1'000'000);
    }
    const double missed = static_cast<double>(bench.iommu.walks()) / accesses;
    EXPECT_NEAR(missed, 0.75, 0.01);
}

TEST(Iommu, TakesNoTimeWhenSwitchedOff) {
    IommuParams off = params(1, 1);
    off.enabled = false;
    IommuBench bench(off);
    EXPECT_EQ(bench.iommu.translate(0, page, 64, 77), 77);
}

}  // namespace
}  // namespace snsim

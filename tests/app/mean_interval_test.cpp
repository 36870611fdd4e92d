// labels: unit
#include "app/mean_interval.h"

#include <boost/math/distributions/students_t.hpp>
#include <gtest/gtest.h>

namespace snsim {
namespace {

TEST(MeanInterval, StudentsQuantilesAgreeWithALibrarys) {
    for (const double confidence : {0.95, 0.99}) {
        for (const unsigned freedom :
             {1u, 2u, 3u, 4u, 5u, 9u, 19u, 29u, 30u, 31u, 100u, 101u, 999u, 9999u}) {
            const boost::math::students_t judge(static_cast<double>(freedom));
            const double expected = boost::math::quantile(judge, 0.5 + confidence / 2);
            EXPECT_NEAR(student_t(freedom, confidence) / expected, 1, 1e-11) << freedom;
        }
    }
}

TEST(MeanInterval, IsThatOfTheSamples) {
    const MeanInterval of = mean_interval({1, 2, 3, 4}, 0.95);
    EXPECT_EQ(of.sum, 10);
    EXPECT_EQ(of.mean, 2.5);
    EXPECT_NEAR(of.half, 3.182446305284 * 1.290994448736 / 2, 1e-9);
    EXPECT_EQ(mean_interval({7}, 0.95).half, 0);
}

}  // namespace
}  // namespace snsim

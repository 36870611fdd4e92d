// labels: unit
#include "observers/results_file.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <regex>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/observers/sample_results.h"

namespace snsim {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Answer {
    int exit = -1;
    std::string output;  ///< both streams
};

Answer run(const std::string& command) {
    Answer answer;
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>&1").c_str(), "r"),
                                                     [](FILE*) { return 0; });
    std::array<char, 4096> buffer = {};
    while (std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
        answer.output.append(buffer.data(), got);
    }
    const int status = pclose(pipe.get());
    answer.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return answer;
}

bool has_program(const std::string& name) { return run("command -v " + name).exit == 0; }

/// Reads what was written with HDF5's own calls.
class Reader {
  public:
    explicit Reader(const std::string& path)
        : file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose) {}

    bool has(const std::string& path) const {
        return H5Lexists(file_.id(), path.c_str(), H5P_DEFAULT) > 0;
    }
    std::string text(const std::string& object, const char* name) const {
        const hdf5::Handle attribute = open(object, name);
        const hdf5::Handle type(H5Aget_type(attribute.id()), H5Tclose);
        EXPECT_EQ(H5Tget_cset(type.id()), H5T_CSET_UTF8);
        EXPECT_EQ(H5Tis_variable_str(type.id()), 0);
        std::string value(H5Tget_size(type.id()), '?');
        hdf5::check(H5Aread(attribute.id(), type.id(), value.data()));
        return value.substr(0, value.find('\0'));
    }
    std::int64_t integer(const std::string& object, const char* name) const {
        std::int64_t value = 0;
        hdf5::check(H5Aread(open(object, name).id(), H5T_NATIVE_INT64, &value));
        return value;
    }
    bool truth(const std::string& object, const char* name) const {
        std::int8_t value = -1;
        hdf5::check(H5Aread(open(object, name).id(), hdf5::truth_type().id(), &value));
        return value == 1;
    }
    std::size_t rows(const std::string& path) const {
        const hdf5::Handle dataset = open(path);
        const hdf5::Handle space(H5Dget_space(dataset.id()), H5Sclose);
        EXPECT_EQ(H5Sget_simple_extent_ndims(space.id()), 1);
        return static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.id()));
    }
    std::vector<double> series(const std::string& path) const {
        std::vector<double> values(rows(path));
        hdf5::check(H5Dread(open(path).id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                            values.data()));
        return values;
    }
    /// One column of a table, as `Value`s of type `type`.
    template <class Value>
    std::vector<Value> column(const std::string& path, const char* name, hid_t type) const {
        const hdf5::Handle member(H5Tcreate(H5T_COMPOUND, sizeof(Value)), H5Tclose);
        hdf5::check(H5Tinsert(member.id(), name, 0, type));
        std::vector<Value> values(rows(path));
        hdf5::check(
            H5Dread(open(path).id(), member.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
        return values;
    }
    template <std::size_t size>
    std::vector<std::string> texts(const std::string& path, const char* name) const {
        std::vector<std::string> values;
        const hdf5::Handle type = hdf5::text_type(size);
        for (const auto& value : column<std::array<char, size>>(path, name, type.id())) {
            values.emplace_back(value.data(), strnlen(value.data(), size));
        }
        return values;
    }

  private:
    hdf5::Handle open(const std::string& path) const {
        return {H5Oopen(file_.id(), path.c_str(), H5P_DEFAULT), H5Oclose};
    }
    hdf5::Handle open(const std::string& object, const char* attribute) const {
        return {H5Aopen_by_name(file_.id(), object.c_str(), attribute, H5P_DEFAULT, H5P_DEFAULT),
                H5Aclose};
    }

    hdf5::Handle file_;
};

/// As much of an older file as is looked at.
constexpr const char* old = "\x89HDF\r\n\x1a\nold";

class ResultsFileTest : public testing::Test {
  protected:
    void SetUp() override {
        directory_ = fs::temp_directory_path() / ("snsim-results-file-" + std::to_string(getpid()));
        fs::create_directories(directory_);
        path_ = file("run.h5");
    }
    void TearDown() override { fs::remove_all(directory_); }

    std::string file(const std::string& name) const { return (directory_ / name).string(); }
    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(directory_)) {
            found.push_back(entry.path().filename().string());
        }
        std::sort(found.begin(), found.end());
        return found;
    }
    std::string part() const { return path_ + "." + std::to_string(getpid()) + ".part"; }
    void write_old_file() const { std::ofstream(path_) << old; }

    static void append_intervals(ResultsFile& results, int count) {
        for (int i = 1; i <= count; ++i) results.append(i * 1e-5, {i * 2.0, i * 0.5, -i * 1.0});
    }
    static void write(const std::string& path, const Results& results, double wall_time = 1.5,
                      int intervals = 5) {
        ResultsFile out(path);
        out.declare(sample_series(), 1e-5);
        append_intervals(out, intervals);
        EXPECT_EQ(out.finish(results, sample_texts(), sample_provenance(wall_time)), path);
    }

    fs::path directory_;
    std::string path_;
};

using Names = std::vector<std::string>;

TEST_F(ResultsFileTest, TakesItsNameOnlyWhenFinished) {
    write_old_file();
    ResultsFile out(path_);
    out.declare(sample_series(), 1e-5);
    append_intervals(out, 3);
    EXPECT_EQ(bytes_of(path_), old);
    EXPECT_TRUE(fs::exists(part()));
    EXPECT_EQ(out.finish(sample_results(), sample_texts(), sample_provenance()), path_);
    EXPECT_EQ(names(), Names{"run.h5"});
    const Reader reader(path_);
    EXPECT_EQ(reader.integer("/", "schema_version"), 1);
    EXPECT_EQ(reader.text("/", "scenario"), "sample");
    EXPECT_EQ(reader.integer("/", "seed"), 7);
    EXPECT_TRUE(reader.truth("/", "complete"));
    EXPECT_EQ(reader.text("/provenance", "version"), "0.1.0");
}

/// Schema version 1: a changed dump means a changed file format, which old notebooks may not read.
TEST_F(ResultsFileTest, TheSchemaIsFrozen) {
    if (!has_program("h5dump")) GTEST_SKIP() << "needs h5dump";
    write(path_, sample_results());
    const Answer dump = run("h5dump -A " + path_);
    ASSERT_EQ(dump.exit, 0) << dump.output;
    // The file's name, and the addresses that references print, are no part of the schema.
    std::string found = std::regex_replace(dump.output, std::regex("^HDF5 \"[^\"]*\""), "HDF5");
    found = std::regex_replace(found, std::regex("DATASET [0-9]+ "), "DATASET ");
    const fs::path golden = "tests/observers/results_schema_v1.txt";
    if (std::getenv("SNSIM_WRITE_GOLDEN") != nullptr) std::ofstream(golden) << found;
    EXPECT_EQ(found, bytes_of(golden))
        << "SNSIM_WRITE_GOLDEN=1 renews the dump; give the schema a new version with it";
}

TEST_F(ResultsFileTest, EqualContentGivesEqualBytes) {
    write(path_, sample_results());
    write(file("other.h5"), sample_results());
    EXPECT_TRUE(bytes_of(path_) == bytes_of(file("other.h5")));
}

TEST_F(ResultsFileTest, ComparisonsSeeNoDifferenceButProvenance) {
    write(path_, sample_results(), 1.5, 2500);
    write(file("other.h5"), sample_results(), 99, 2500);
    const std::string both = path_ + " " + file("other.h5");
    if (has_program("h5diff")) {
        const Answer diff = run("h5diff --exclude-path /provenance " + both);
        EXPECT_EQ(diff.exit, 0);
        EXPECT_EQ(diff.output, "");
    }
    if (run("/usr/bin/python3 -c 'import h5py'").exit == 0) {
        EXPECT_EQ(run("/usr/bin/python3 scripts/h5same " + both).output, "");
        Results changed = sample_results();
        changed.summary[3].value = 5061;
        write(file("other.h5"), changed, 99, 2500);
        EXPECT_EQ(run("/usr/bin/python3 scripts/h5same " + both).exit, 1);
    }
}

TEST_F(ResultsFileTest, TextsKeepEveryByte) {
    const std::string endless(300'000, 'y');
    Results results = sample_results();
    results.scenario = "größe-東京";
    results.notes = {"replayed 3 times", "ü"};
    ResultsFile out(path_);
    out.finish(results, {endless + "ß", {{"cards/long", endless}, {"cards/empty", ""}}},
               sample_provenance());
    const Reader reader(path_);
    EXPECT_EQ(reader.text("/", "scenario"), results.scenario);
    EXPECT_EQ(reader.text("/", "scenario_text"), endless + "ß");
    EXPECT_EQ(reader.text("/profiles", "cards/long"), endless);
    EXPECT_EQ(reader.text("/profiles", "cards/empty"), "");
    EXPECT_EQ(reader.texts<64>("/stations", "path"),
              (Names{"host0.card.asic.ingress", "naïve – 東"}));
    EXPECT_EQ(reader.texts<32>("/audit", "note"), (Names{"", "not steady"}));
}

TEST_F(ResultsFileTest, TablesKeepTheirValues) {
    write(path_, sample_results());
    const Reader reader(path_);
    EXPECT_EQ(reader.column<double>("/stations", "utilisation", H5T_NATIVE_DOUBLE),
              (std::vector<double>{0.998, 0.1}));
    EXPECT_EQ(reader.column<std::int64_t>("/stations", "arrivals", H5T_NATIVE_INT64),
              (std::vector<std::int64_t>{14880, -1}));
    EXPECT_EQ(reader.column<std::int64_t>("/latency/clients", "count", H5T_NATIVE_INT64),
              (std::vector<std::int64_t>{10, 80, 10}));
    EXPECT_EQ(reader.column<std::int64_t>("/bottleneck", "rank", H5T_NATIVE_INT64),
              (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(reader.column<std::int8_t>("/audit", "ok", hdf5::truth_type().id()),
              (std::vector<std::int8_t>{1, 1}));
    EXPECT_EQ(reader.texts<32>("/summary", "metric")[7], "clients.rate.delivered");
    EXPECT_EQ(reader.column<double>("/summary", "ci_low", H5T_NATIVE_DOUBLE)[7], 9.8e6);
    // No interval known: both ends are the value, never NaN.
    EXPECT_EQ(reader.column<double>("/summary", "ci_low", H5T_NATIVE_DOUBLE)[1], 14880);
    EXPECT_EQ(reader.column<double>("/summary", "ci_high", H5T_NATIVE_DOUBLE)[1], 14880);
}

TEST_F(ResultsFileTest, EmptyTablesHaveNoRowsButAllColumns) {
    Results results;
    results.tables = {{"latency/none",
                       "nothing",
                       {sample_column("path", "", std::vector<std::string>()),
                        sample_column("count", "", std::vector<std::int64_t>())}}};
    ResultsFile out(path_);
    out.finish(results, {}, {});
    const Reader reader(path_);
    for (const char* path : {"/summary", "/bottleneck", "/audit", "/latency/none"}) {
        EXPECT_EQ(reader.rows(path), 0U) << path;
    }
    EXPECT_TRUE(reader.texts<1>("/latency/none", "path").empty());
    EXPECT_EQ(reader.text("/latency/none", "description"), "nothing");
}

TEST_F(ResultsFileTest, ATableMayHaveManyRows) {
    constexpr std::size_t rows = 200'000;
    Table table{"frames", "trace", {}};
    table.columns = {sample_column("station", "", std::vector<std::string>()),
                     sample_column("time", "s", std::vector<double>()),
                     sample_column("frame", "", std::vector<std::int64_t>()),
                     sample_column("late", "", std::vector<bool>())};
    for (std::size_t i = 0; i < rows; ++i) {
        table.texts(0).push_back("station" + std::to_string(i % 977));
        table.reals(1).push_back(static_cast<double>(i) * 1e-9);
        table.integers(2).push_back(static_cast<std::int64_t>(i * i));
        table.flags(3).push_back(i % 3 == 0);
    }
    Results results;
    results.tables = {table};
    write(path_, results);
    const Reader reader(path_);
    EXPECT_TRUE(reader.texts<16>("/frames", "station") == table.texts(0));
    EXPECT_TRUE(reader.column<double>("/frames", "time", H5T_NATIVE_DOUBLE) == table.reals(1));
    EXPECT_TRUE(reader.column<std::int64_t>("/frames", "frame", H5T_NATIVE_INT64) ==
                table.integers(2));
    const auto late = reader.column<std::int8_t>("/frames", "late", hdf5::truth_type().id());
    EXPECT_TRUE(std::equal(late.begin(), late.end(), table.flags(3).begin(),
                           [](std::int8_t a, bool b) { return (a == 1) == b; }));
    EXPECT_LT(fs::file_size(path_), rows * 12);
}

TEST_F(ResultsFileTest, TextsMadeOnDemandAreWrittenAsIfTheyWereThere) {
    constexpr std::size_t rows = 20'000;  // several chunks
    const auto text = [](std::size_t row) {
        return std::string(row % 37, 'x') + std::to_string(row);
    };
    Results results;
    results.tables = {{"frames", "many", {sample_column("times", "", TextsOnDemand{rows, text})}}};
    write(path_, results);
    const auto found = Reader(path_).texts<64>("/frames", "times");
    ASSERT_EQ(found.size(), rows);
    for (std::size_t row = 0; row < rows; ++row) ASSERT_EQ(found[row], text(row));
}

TEST_F(ResultsFileTest, SeriesOfAnyLengthHangOnTheirTime) {
    for (const int intervals : {0, 1, 1023, 1024, 1025, 5000}) {
        write(path_, sample_results(), 1.5, intervals);
        const Reader reader(path_);
        const std::vector<double> time = reader.series("/series/time");
        const std::vector<double> power = reader.series("/series/host0/card/asic/power");
        const std::vector<double> rate = reader.series("/series/rate.delivered");
        ASSERT_EQ(time.size(), static_cast<std::size_t>(intervals));
        ASSERT_EQ(power.size(), time.size());
        ASSERT_EQ(rate.size(), time.size());
        for (std::size_t i = 0; i < time.size(); ++i) {
            const auto interval = static_cast<double>(i + 1);
            ASSERT_EQ(time[i], interval * 1e-5);
            ASSERT_EQ(power[i], interval * 0.5);
            ASSERT_EQ(rate[i], interval * 2);
        }
        EXPECT_EQ(reader.text("/series/host0/card/arm/power", "unit"), "W");
        EXPECT_EQ(reader.text("/series/host0/card/arm/power", "description"), "power drawn");
    }
}

TEST_F(ResultsFileTest, TenThousandSeriesAreFine) {
    std::vector<SeriesInfo> series;
    series.reserve(10'000);
    for (int i = 0; i < 10'000; ++i) {
        series.push_back({"host" + std::to_string(i / 100) + ".s" + std::to_string(i % 100),
                          "depth", "", "queue"});
    }
    {
        ResultsFile out(path_);
        out.declare(series, 1e-5);
        out.append(1e-5, std::vector<double>(series.size(), 3));
        out.finish(sample_results(), sample_texts(), sample_provenance());
    }
    EXPECT_EQ(Reader(path_).series("/series/host99/s99/depth"), std::vector<double>{3});
}

TEST_F(ResultsFileTest, APartialHasItsOwnNameAndSaysSo) {
    write_old_file();
    ResultsFile out(path_);
    out.declare(sample_series(), 1e-5);
    append_intervals(out, 1500);
    const std::string name = out.finish_partial(sample_results(), sample_texts(), {});
    EXPECT_EQ(name, file("run.partial.h5"));
    EXPECT_EQ(names(), (Names{"run.h5", "run.partial.h5"}));
    EXPECT_EQ(bytes_of(path_), old);
    const Reader reader(name);
    EXPECT_FALSE(reader.truth("/", "complete"));
    EXPECT_EQ(reader.rows("/series/time"), 1500U);
    EXPECT_TRUE(reader.has("/summary"));
}

TEST_F(ResultsFileTest, AbandoningLeavesNothing) {
    {
        ResultsFile out(path_);
        out.declare(sample_series(), 1e-5);
        append_intervals(out, 2000);
        out.abandon();
        EXPECT_EQ(names(), Names{});
        EXPECT_THROW(out.finish(sample_results(), {}, {}), ResultsError);
    }
    { const ResultsFile forgotten(path_); }
    EXPECT_EQ(names(), Names{});
}

TEST_F(ResultsFileTest, AFullDiskIsReportedAndLeavesTheOldFile) {
    write(path_, sample_results(), 1.5, 3000);
    const auto whole = static_cast<rlim_t>(fs::file_size(path_));
    fs::remove(path_);
    write_old_file();
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit unlimited = {};
    getrlimit(RLIMIT_FSIZE, &unlimited);
    testing::internal::CaptureStderr();
    for (rlim_t limit = 10; limit < whole; limit += whole / 23) {
        const rlimit tight = {limit, unlimited.rlim_max};
        setrlimit(RLIMIT_FSIZE, &tight);
        std::string reason;
        try {
            write(path_, sample_results(), 1.5, 3000);
        } catch (const ResultsError& error) {
            EXPECT_EQ(error.path(), path_);
            EXPECT_EQ(error.what(), path_ + ": " + error.reason());
            reason = error.reason();
        }
        setrlimit(RLIMIT_FSIZE, &unlimited);
        EXPECT_EQ(reason, "File too large") << limit << " of " << whole;
        EXPECT_EQ(names(), Names{"run.h5"});
        EXPECT_EQ(bytes_of(path_), old);
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    write(path_, sample_results());
    EXPECT_TRUE(Reader(path_).truth("/", "complete"));
}

TEST_F(ResultsFileTest, APathThatCannotBeWrittenIsRefusedAtOnce) {
    const auto reason_of = [](const std::string& path) -> std::string {
        try {
            const ResultsFile out(path);
        } catch (const ResultsError& error) {
            return error.what();
        }
        return "";
    };
    testing::internal::CaptureStderr();
    EXPECT_EQ(reason_of(file("none/run.h5")), file("none/run.h5") + ": No such file or directory");
    EXPECT_EQ(reason_of(directory_.string()), directory_.string() + ": Is a directory");
    EXPECT_EQ(reason_of("/dev/null"), "/dev/null: not a regular file");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(ResultsFileTest, ADirectoryThatVanishesIsReported) {
    fs::create_directory(directory_ / "gone");
    ResultsFile out(file("gone/run.h5"));
    fs::remove_all(directory_ / "gone");
    EXPECT_THROW(out.finish(sample_results(), {}, {}), ResultsError);
}

TEST_F(ResultsFileTest, PartsOfDeadProcessesAreRemoved) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, nullptr, 0);
    const std::string dead = "run.h5." + std::to_string(child) + ".part";
    const std::string alive = "run.h5." + std::to_string(getppid()) + ".part";
    for (const std::string& name : {dead, alive, "other.h5." + std::to_string(child) + ".part",
                                    std::string("run.h5.part"), std::string("run.h5.1x.part")}) {
        std::ofstream(file(name)) << "x";
    }
    { const ResultsFile out(path_); }
    EXPECT_FALSE(fs::exists(file(dead)));
    EXPECT_TRUE(fs::exists(file(alive)));
    EXPECT_EQ(names().size(), 4U);
}

TEST_F(ResultsFileTest, ALinkedTargetIsWrittenWhereItLeads) {
    fs::create_directory(directory_ / "store");
    std::ofstream(file("store/real.h5")) << old;
    fs::create_symlink("store/real.h5", path_);
    ResultsFile out(path_);
    out.finish(sample_results(), {}, {});
    EXPECT_TRUE(fs::is_symlink(path_));
    EXPECT_EQ(Reader(file("store/real.h5")).text("/", "scenario"), "sample");
}

TEST_F(ResultsFileTest, AMalformedTableIsAMistakeOfTheProgram) {
    Results results;
    results.tables = {{"bad",
                       "",
                       {sample_column("a", "", std::vector<double>{1, 2}),
                        sample_column("b", "", std::vector<double>{1})}}};
    EXPECT_THROW(write(path_, results), std::logic_error);
    results.tables = {{"bad", "", {}}};
    EXPECT_THROW(write(path_, results), std::logic_error);
    EXPECT_EQ(names(), Names{});
}

/// python_reading_test.py names a file in the environment and looks at it with other libraries.
TEST_F(ResultsFileTest, WritesASampleForOtherReaders) {
    const char* name = std::getenv("SNSIM_SAMPLE_FILE");
    write(name != nullptr ? name : path_, sample_results(), 1.5, 3000);
}

}  // namespace
}  // namespace snsim

// A store of format 2 opens as one of format 3 with the same answers, also when the upgrade is killed at any place.
#include "storage/observations/test_times.h"
#include "storage/observations/upgrade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <tuple>

#include "runtime/log.h"
#include "storage/observations/chunk_store.h"
#include "storage/observations/chunk_writer.h"
#include "storage/observations/codec/checksum.h"
#include "storage/observations/codec/log_codec.h"
#include "storage/observations/limits.h"
#include "storage/observations/test_folder.h"

namespace madang::storage {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::int64_t kStreams = 4;

std::int64_t old_number(std::int64_t stream) {
  DatastreamId const id{stream};
  return base_of(id).value() | layer_of(id) << kOldDatastreamBits;
}

/// A record with its version set back to 1.
std::string of_version_1(std::string record, std::uint64_t sequence) {
  auto const content = unseal(bytes_of(record), sequence);
  ByteWriter out;
  out.u8(1);
  out.raw(content.data() + 1, content.size() - 1);
  seal(out, sequence);
  return out.take();
}

class store_upgrade : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_FALSE(root_.empty());
    options_.folder = root_ + "/store";
    options_.chunk_values = 8;
    options_.background = false;
    options_.settle_at_end = false;
    options_.default_feature = [](DatastreamId) { return FeatureId{1}; };
    open();
  }
  void TearDown() override { store_.reset(); }
  void open() {
    store_.reset();
    auto opened = ChunkStore::open(options_);
    ASSERT_TRUE(opened) << opened.error().sentence;
    store_ = std::move(*opened);
  }
  void add(Batch& batch, std::int64_t stream, Instant when, double value, std::optional<ObservationDetail> detail = {}) {
    if (detail) batch.details.emplace_back(static_cast<std::uint32_t>(batch.observations.size()), *detail);
    batch.observations.push_back({DatastreamId{stream}, when, value, kNoon, {QualityFlag::kGood, 0, 3}});
  }
  void append(Batch const& batch) {
    auto const appended = store_->append(batch);
    ASSERT_TRUE(appended) << appended.error().sentence;
    for (auto const& entry : appended->entries) given_.push_back(entry.id);
  }
  static ObservationDetail of_feature(std::int64_t feature) {
    ObservationDetail out;
    out.feature = FeatureId{feature};
    return out;
  }

  /// A little of everything that stands in a layer: values ahead of their arrival, many features at one time (more layers than
  /// format 2 could number below the Datastreams of today), texts, corrections, deletions; half in chunks, half in the log.
  void live() {
    for (int round = 0; round < 2; ++round) {
      Batch batch;
      for (std::int64_t stream = 1; stream <= kStreams; ++stream)
        for (int i = 0; i < 20; ++i) add(batch, stream, kNoon + minutes{20 * round + i}, static_cast<double>(stream * 1000 + i) / 10);
      for (int i = 0; i < 20; ++i) add(batch, 1, kNoon + hours{300} + minutes{20 * round + i}, i);  // a clock ahead
      for (int feature = 2; feature < 72; ++feature) add(batch, 2, kNoon + minutes{round}, feature, of_feature(feature));
      for (int i = 0; i < 30; ++i) {
        auto beside = of_feature(9);
        beside.result_kind = ObservationDetail::ResultKind::kText;
        beside.result = "text " + std::to_string(i);
        add(batch, 3, kNoon + minutes{20 * round + i / 2}, 0, beside);
      }
      append(batch);
      Batch corrections;
      for (int i = 0; i < 10; ++i) add(corrections, 1, kNoon + hours{300} + minutes{20 * round + i}, 100 + i);
      for (int feature = 2; feature < 9; ++feature) add(corrections, 2, kNoon + minutes{round}, 100 + feature, of_feature(feature));
      append(corrections);
      ASSERT_TRUE(store_->erase(DatastreamId{3}, {kNoon + minutes{20 * round + 3}, kNoon + minutes{20 * round + 5}}));
      std::array const doubted{Judgement{kNoon + minutes{round}, {QualityFlag::kFail, 2, 3}}};
      ASSERT_TRUE(store_->rejudge(DatastreamId{2}, doubted));
      if (round > 0) continue;
      ASSERT_TRUE(store_->set_averaging(std::array{DatastreamId{1}}, Averaging::kEnergy));
      ASSERT_TRUE(store_->set_retention(DatastreamId{4}, hours{24 * 365 * 200}));
      ASSERT_TRUE(store_->settle());
    }
  }

  /// The closed store's files as format 2 wrote them.
  void write_format_2(bool with_log = true) {
    store_.reset();
    auto db = std::move(Database::open(options_.folder + "/" + kChunkFileName, "").value());
    std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> chunks;
    auto rows = db.prepare("SELECT stream, first, body FROM chunk WHERE stream >= 4294967296");
    while (*rows->step()) chunks.emplace_back(rows->integer(0), rows->integer(1), rows->integer(2));
    ASSERT_FALSE(chunks.empty());
    auto text_of = [](ByteSpan bytes) { return std::string(reinterpret_cast<char const*>(bytes.data()), bytes.size()); };
    for (auto const& [stream, first, body] : chunks) {
      DatastreamId const from{stream};
      DatastreamId const to{old_number(stream)};
      auto read = db.prepare("SELECT c.summary, b.bytes FROM chunk c JOIN body b ON b.id = c.body WHERE c.stream = ?1 AND c.first = ?2");
      read->bind(1, stream).bind(2, first);
      ASSERT_TRUE(*read->step());
      auto const summary = renumbered_summary(read->blob(0), from, to, first);
      auto const bytes = renumbered_body(read->blob(1), from, to);
      read->reset();
      auto put = db.prepare("UPDATE chunk SET stream = ?3, summary = ?4 WHERE stream = ?1 AND first = ?2");
      put->bind(1, stream).bind(2, first).bind(3, to.value()).bind(4, summary);
      ASSERT_TRUE(put->run());
      auto put_body = db.prepare("UPDATE body SET bytes = ?2 WHERE id = ?1");
      put_body->bind(1, body).bind(2, bytes);
      ASSERT_TRUE(put_body->run());
    }
    std::map<std::int64_t, std::string> states;
    auto read = db.prepare("SELECT id, state FROM stream WHERE id >= 4294967296");
    while (*read->step()) states.emplace(read->integer(0), text_of(read->blob(1)));
    for (auto const& [id, state] : states) {
      auto const moved = resealed(bytes_of(state), static_cast<std::uint64_t>(id), static_cast<std::uint64_t>(old_number(id)));
      auto put = db.prepare("UPDATE stream SET id = ?2, state = ?3 WHERE id = ?1");
      put->bind(1, id).bind(2, old_number(id)).bind(3, moved);
      ASSERT_TRUE(put->run());
    }
    for (char const* const table : {"detail", "superseded"})
      ASSERT_TRUE(db.run(std::string("UPDATE ") + table + " SET stream = (stream & 134217727) | ((stream >> 32) << 21)"));
    ASSERT_TRUE(db.run("PRAGMA user_version = 2"));
    if (!with_log) return;

    auto log = std::move(Database::open(options_.folder + "/" + kLogFileName, "").value());
    std::map<std::int64_t, std::string> records;
    auto all = log.prepare("SELECT sequence, record FROM log");
    while (*all->step()) records.emplace(all->integer(0), text_of(all->blob(1)));
    ASSERT_FALSE(records.empty());
    for (auto const& [number, bytes] : records) {
      auto const sequence = static_cast<std::uint64_t>(number);
      auto record = decode_log(bytes_of(bytes), sequence);
      ASSERT_TRUE(record);
      std::string old = bytes;
      for (auto* const batch : {&record->batch, &record->rejudged}) {
        if (!*batch) continue;
        for (auto& stream : (*batch)->streams) stream = old_number(stream);
        old = batch == &record->batch ? encode_log(sequence, **batch) : encode_rejudged(sequence, **batch);
      }
      auto const blob = of_version_1(old, sequence);
      auto put = log.prepare("UPDATE log SET record = ?2 WHERE sequence = ?1");
      put->bind(1, number).bind(2, blob);
      ASSERT_TRUE(put->run());
    }
    ASSERT_TRUE(log.run("DROP TABLE position; PRAGMA user_version = 2"));
  }

  /// All that a store answers, in words.
  std::vector<std::string> answers(std::string const& folder) {
    std::vector<std::string> out;
    auto options = options_;
    options.folder = folder;
    auto const opened = ChunkStore::open(options);
    EXPECT_TRUE(opened) << opened.error().sentence;
    if (!opened) return out;
    auto& store = **opened;
    auto const say = [&out](std::string place, StoredObservation const& o) {
      auto const& d = o.detail;
      out.push_back(place + std::to_string(o.id.value()) + " " + std::to_string(millis_of(o.phenomenon_time)) + " " +
                    std::to_string(o.value) + " " + std::to_string(millis_of(o.received_at)) + " " +
                    std::to_string(packed(o.quality)) + (d ? " " + d->result + " " + std::to_string(d->feature.value()) : ""));
    };
    for (std::int64_t stream = 1; stream <= kStreams; ++stream) {
      DatastreamId const ids[] = {DatastreamId{stream}};
      auto const read = store.read(ids[0], kAlways, {.limit = 100'000});
      for (auto const& o : *read) say("read ", o);
      out.push_back("count " + std::to_string(*store.count(ids[0], kAlways)));
      for (bool const raw : {false, true})
        for (auto const averaging : {Averaging::kArithmetic, Averaging::kEnergy}) {
          auto const series = store.aggregate(ids, {kNoon, kNoon + hours{400}}, {.from_raw = raw, .averaging = averaging});
          for (auto const& b : series->at(0).buckets)
            out.push_back("bucket " + std::to_string(b.count) + " " + std::to_string(*mean_of(b, averaging)));
        }
      auto const latest = store.latest(ids);
      say("latest ", latest->at(0));
    }
    for (auto const id : given_) {
      auto const found = store.find(id);
      if (found) say("found ", *found);
      auto const successor = store.successor(id);
      if (successor) say("successor ", *successor);
    }
    out.push_back("corrupt " + std::to_string(store.statistics().corrupt_chunks));
    return out;
  }
  /// Of the store in `folder` and the answers wanted; empty where there is none.
  std::string first_difference(std::string const& folder, std::vector<std::string> const& wanted) {
    auto const given = answers(folder);
    for (std::size_t i = 0; i < std::max(given.size(), wanted.size()); ++i) {
      auto const said = i < given.size() ? given[i] : "nothing";
      auto const right = i < wanted.size() ? wanted[i] : "nothing";
      if (said != right) return "answer " + std::to_string(i) + ": \"" + said + "\" instead of \"" + right + "\"";
    }
    return {};
  }
  std::string copy(std::string const& name) {
    auto const to = root_ + "/" + name;
    std::filesystem::remove_all(to);
    std::filesystem::copy(options_.folder, to, std::filesystem::copy_options::recursive);
    return to;
  }

  TestFolder temporary_;
  std::string root_ = temporary_.path();
  ChunkStore::Options options_;
  std::unique_ptr<ChunkStore> store_;
  std::vector<ObservationId> given_;
};

/// How often SQLite still reports before this process dies, which is once in some steps of its machine.
int reports_left = 0;

int die_in_time(void*) {
  if (--reports_left < 0) ::kill(::getpid(), SIGKILL);
  return 0;
}

int watch_connection(sqlite3* db, char**, void const*) {
  sqlite3_progress_handler(db, 10, die_in_time, nullptr);
  return SQLITE_OK;
}

/// Opens the store in a process that is killed after so many reports. Whether it came to its end.
bool open_and_die(ChunkStore::Options const& options, int reports) {
  pid_t const child = ::fork();
  if (child == 0) {
    runtime::set_log_level(runtime::LogLevel::kError);
    reports_left = reports;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(reinterpret_cast<void*>(&watch_connection)));
    bool const opened = ChunkStore::open(options).has_value();
    _exit(opened ? 0 : 3);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "it refused to open";
  return WIFEXITED(status);
}

TEST_F(store_upgrade, format_2_gives_the_same_ids_times_values_qualities_and_results_afterwards) {
  live();
  store_.reset();
  auto const before = answers(copy("before"));
  ASSERT_GT(before.size(), 500u);
  write_format_2();
  EXPECT_EQ(first_difference(options_.folder, before), "");
  EXPECT_EQ(first_difference(options_.folder, before), "") << "opened once more";
  auto db = Database::open(options_.folder + "/" + kChunkFileName, "");
  EXPECT_EQ(*db->number("PRAGMA user_version"), 3);
  EXPECT_EQ(*db->number("SELECT count(*) FROM sqlite_master WHERE name = 'upgrade'"), 0);
  for (char const* const table : {"chunk", "detail", "superseded"})
    EXPECT_EQ(*db->number(std::string("SELECT count(*) FROM ") + table + " WHERE stream BETWEEN 2097152 AND 4294967295"), 0) << table;
  open();
  ASSERT_TRUE(store_->settle());
  store_.reset();
  EXPECT_EQ(first_difference(options_.folder, before), "") << "and rolled";
}

TEST_F(store_upgrade, a_copy_without_a_store_leaves_the_old_format_on_both_sides) {
  live();
  store_.reset();
  auto const before = answers(copy("before"));
  write_format_2();
  auto const to = root_ + "/backup";
  ASSERT_TRUE(ChunkStore::copy_files(options_.folder, to));
  for (auto const& folder : {options_.folder, to})
    for (char const* const file : {kChunkFileName, kLogFileName})
      EXPECT_EQ(*Database::open(folder + "/" + file, "")->number("PRAGMA user_version"), 2) << folder << "/" << file;
  EXPECT_FALSE(ChunkStore::copy_files(options_.folder, to)) << "into a folder that has one";
  EXPECT_EQ(first_difference(to, before), "");
}

TEST_F(store_upgrade, killed_at_any_place_it_goes_on_and_loses_nothing) {
  live();
  store_.reset();
  auto const before = answers(copy("before"));
  write_format_2();
  bool done = false;
  int kills = 0;
  for (int reports = 0; !done && !HasFailure(); reports += 1 + reports / 5) {
    auto options = options_;
    options.folder = copy("killed");
    done = open_and_die(options, reports);
    if (!done) ++kills;
    if (!done && kills % 2 == 0) (void)open_and_die(options, reports / 2);
    ASSERT_EQ(first_difference(options.folder, before), "") << "killed after " << reports << " reports";
  }
  EXPECT_GT(kills, 15);
}

TEST_F(store_upgrade, is_told_before_and_after) {
  live();
  write_format_2();
  testing::internal::CaptureStderr();
  open();
  auto const told = testing::internal::GetCapturedStderr();
  EXPECT_THAT(told, testing::HasSubstr("event=format_upgrade_begins"));
  EXPECT_THAT(told, testing::HasSubstr("from=2 to=3"));
  EXPECT_THAT(told, testing::HasSubstr("Ids of observations change this once"));
  EXPECT_THAT(told, testing::HasSubstr("event=format_upgraded"));
}

TEST_F(store_upgrade, a_datastream_with_more_numbers_than_ids_have_room_for_is_refused_before_anything_changes) {
  Batch batch;
  add(batch, 7, kNoon, 1);
  append(batch);
  ASSERT_TRUE(store_->settle());
  store_.reset();
  {
    CorruptionList corruption;
    auto writer = std::move(ChunkWriter::open(options_.folder, "", corruption).value());
    StreamRow row;
    ASSERT_TRUE(writer->load_streams([&row](StreamRow const& read) { row = read; }));
    row.next_arrival = 70'000'000;
    ASSERT_TRUE(writer->save_stream(row));
    ASSERT_TRUE(writer->db().run("PRAGMA user_version = 2"));
  }
  auto const opened = ChunkStore::open(options_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kUnsupported);
  EXPECT_THAT(opened.error().sentence, testing::HasSubstr("datastream 7: more than 67108863 observations"));
  EXPECT_EQ(*Database::open(options_.folder + "/" + kChunkFileName, "")->number("PRAGMA user_version"), 2);
}

TEST_F(store_upgrade, numbers_that_stand_in_the_log_alone_are_refused_before_anything_changes_too) {
  live();
  write_format_2();
  {
    auto log = std::move(Database::open(options_.folder + "/" + kLogFileName, "").value());
    auto const sequence = *log.number("SELECT max(sequence) FROM log");
    Batch batch;
    add(batch, 1, kNoon, 1);
    LogBatch above;
    above.streams = {1};
    above.columns.times = {millis_of(kNoon)};
    above.columns.received = {millis_of(kNoon)};
    above.columns.arrivals = {70'000'000};
    above.columns.values = {1};
    above.columns.qualities = {packed(batch.observations[0].quality)};
    auto const record = encode_log(static_cast<std::uint64_t>(sequence + 1), above);
    auto put = log.prepare("INSERT INTO log (sequence, record) VALUES (?1, ?2)");
    put->bind(1, sequence + 1).bind(2, record);
    ASSERT_TRUE(put->run());
  }
  auto const opened = ChunkStore::open(options_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kUnsupported);
  EXPECT_THAT(opened.error().sentence, testing::HasSubstr("datastream 1: more than"));
  for (char const* const file : {kChunkFileName, kLogFileName})
    EXPECT_EQ(*Database::open(options_.folder + "/" + file, "")->number("PRAGMA user_version"), 2) << file;
}

TEST_F(store_upgrade, a_chunk_that_was_damaged_stays_so_and_costs_itself_alone) {
  live();
  auto const whole = store_->read(DatastreamId{1}, kAlways, {})->size();
  write_format_2();
  auto const ahead = old_number(layer_id(DatastreamId{1}, kAheadLayer).value());
  ASSERT_TRUE(Database::open(options_.folder + "/" + kChunkFileName, "")
                  ->run("UPDATE body SET bytes = zeroblob(60) WHERE id = (SELECT body FROM chunk WHERE stream = " +
                        std::to_string(ahead) + " ORDER BY first LIMIT 1)"));
  open();
  auto const left = store_->read(DatastreamId{1}, kAlways, {})->size();
  EXPECT_LT(left, whole);
  EXPECT_GE(left + 16, whole);
  EXPECT_EQ(store_->statistics().corrupt_chunks, 1u);
}

/// The leaves of a table's tree of two levels, in the order of its keys, and how many rows each holds.
struct Leaf {
  std::int64_t page = 0;
  std::size_t rows = 0;
};
constexpr std::int64_t kPageSize = 16384;

std::uint32_t big_endian(std::string_view bytes, std::size_t at, int size) {
  std::uint32_t out = 0;
  for (int i = 0; i < size; ++i) out = out << 8 | static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(i)]);
  return out;
}

std::string page_of(std::string const& file, std::int64_t number) {
  std::ifstream in(file, std::ios::binary);
  in.seekg((number - 1) * kPageSize);
  std::string page(kPageSize, '\0');
  in.read(page.data(), kPageSize);
  return page;
}

std::vector<Leaf> leaves_of(std::string const& file, std::string const& table) {
  std::int64_t root = 0;
  {
    auto db = Database::open(file, "");
    EXPECT_TRUE(db->checkpoint_truncate());
    root = *db->number("SELECT rootpage FROM sqlite_master WHERE name = '" + table + "'");
  }
  auto const page = page_of(file, root);
  EXPECT_EQ(page[0], 2) << "the tree of " << table << " has not two levels";
  std::vector<Leaf> out;
  auto const add = [&](std::uint32_t child) { out.push_back({child, big_endian(page_of(file, child), 3, 2)}); };
  for (std::size_t cell = 0; cell < big_endian(page, 3, 2); ++cell) add(big_endian(page, big_endian(page, 12 + 2 * cell, 2), 4));
  add(big_endian(page, 8, 4));
  return out;
}

void damage(std::string const& file, Leaf const& leaf) {
  std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
  out.seekp((leaf.page - 1) * kPageSize);
  out.write(std::string(100, '\0').data(), 100);
}

TEST_F(store_upgrade, sound_rows_behind_damaged_pages_move_too_and_the_upgrade_stays_open) {
  constexpr std::int64_t kFeatures = 200;
  constexpr std::int64_t kStreamsHere = 12;
  Batch batch;
  for (std::int64_t stream = 1; stream <= kStreamsHere; ++stream)
    for (std::int64_t feature = 2; feature < 2 + kFeatures; ++feature)
      add(batch, stream, kNoon, static_cast<double>(feature), of_feature(feature));
  append(batch);
  ASSERT_TRUE(store_->settle());
  auto const readable = [&] {
    std::size_t out = 0;
    for (std::int64_t stream = 1; stream <= kStreamsHere; ++stream) {
      auto const read = store_->read(DatastreamId{stream}, kAlways, {.limit = 100'000});
      EXPECT_TRUE(read) << read.error().sentence;
      out += read ? read->size() : 0;
    }
    return out;
  };
  ASSERT_EQ(readable(), static_cast<std::size_t>(kFeatures * kStreamsHere));
  write_format_2(false);
  auto const file = options_.folder + "/" + kChunkFileName;
  auto const leaves = leaves_of(file, "chunk");
  // Not among the last three: SQLite balances with those when it appends, and then nothing can be appended any more.
  ASSERT_GE(leaves.size(), 8u);
  damage(file, leaves[1]);
  damage(file, leaves[4]);
  // And the one row that stands in the root behind each: SQLite looks for it through the page before.
  auto const lost = leaves[1].rows + leaves[4].rows + 2;

  testing::internal::CaptureStderr();
  open();
  auto const told = testing::internal::GetCapturedStderr();
  EXPECT_THAT(told, testing::HasSubstr("event=upgrade_meets_damaged_page"));
  EXPECT_THAT(told, testing::HasSubstr("table=\"chunk\" read=\"upwards\" behind_stream="));
  EXPECT_THAT(told, testing::HasSubstr("event=upgrade_leaves_row"));
  EXPECT_THAT(told, testing::HasSubstr("event=format_upgrade_incomplete"));
  EXPECT_EQ(readable(), static_cast<std::size_t>(kFeatures * kStreamsHere) - lost);
  EXPECT_EQ(*Database::open(file, "")->number("SELECT count(*) FROM sqlite_master WHERE name = 'upgrade'"), 1);
  open();
  EXPECT_EQ(readable(), static_cast<std::size_t>(kFeatures * kStreamsHere) - lost) << "opened once more";
}

TEST_F(store_upgrade, what_was_marked_beside_a_damaged_page_is_taken_away_before_the_upgrade_ends) {
  live();
  write_format_2();
  open();
  store_.reset();
  auto const file = options_.folder + "/" + kChunkFileName;
  auto const marks = "SELECT count(*) FROM chunk WHERE body = " + std::to_string(std::numeric_limits<std::int64_t>::min() + 1) + " - 1";
  // As a start leaves it that could not delete a row whose copy it had made.
  ASSERT_TRUE(Database::open(file, "")->run("CREATE TABLE upgrade (from_format INTEGER NOT NULL); INSERT INTO upgrade VALUES (2);"
                                            "INSERT INTO chunk (stream, first, body, summary) VALUES (" +
                                            std::to_string(old_number(layer_id(DatastreamId{1}, kAheadLayer).value())) + ", 5, -9223372036854775807 - 1, x'')"));
  ASSERT_EQ(*Database::open(file, "")->number(marks), 1);

  open();

  EXPECT_EQ(*Database::open(file, "")->number(marks), 0) << "a reader would take it for a row of another Datastream";
  EXPECT_EQ(*Database::open(file, "")->number("SELECT count(*) FROM sqlite_master WHERE name = 'upgrade'"), 0);
  EXPECT_EQ(store_->statistics().corrupt_chunks, 0u);
}

/// A plain array by number would be half a gigabyte.
TEST_F(store_upgrade, the_largest_datastream_costs_no_more_than_another) {
  Batch batch;
  add(batch, kDatastreamMax, kNoon, 1);
  append(batch);
  EXPECT_EQ(datastream_of(given_.back()), DatastreamId{kDatastreamMax});
  EXPECT_LT(given_.back().value(), std::int64_t{1} << 53);
  SlotTable table;
  table.set(kDatastreamMax, 5);
  EXPECT_EQ(table.at(kDatastreamMax), 5u);
  EXPECT_EQ(table.at(kDatastreamMax - 1), 0u);
  EXPECT_EQ(table.at(3), 0u);
}

}  // namespace
}  // namespace madang::storage

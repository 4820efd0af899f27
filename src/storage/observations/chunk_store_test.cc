// What the contract of all stores does not say: corruption, online backup, space given back.
#include "storage/observations/chunk_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "storage/observations/chunk_file.h"
#include "storage/observations/test_times.h"

namespace madang::storage {
namespace {

using std::chrono::hours;
using std::chrono::minutes;


class chunk_store : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "madang-chunks-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    options_.folder = folder_ + "/data";
    options_.chunk_values = 50;
    options_.background = false;
    reopen();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void reopen() {
    store_.reset();
    auto opened = ChunkStore::open(options_);
    ASSERT_TRUE(opened) << opened.error().sentence;
    store_ = std::move(*opened);
  }
  void fill(std::int64_t streams, int count) {
    Batch batch;
    for (std::int64_t s = 1; s <= streams; ++s)
      for (int i = 0; i < count; ++i)
        batch.observations.push_back({DatastreamId{s}, kNoon + minutes{i}, value_of(s, i), kNoon + minutes{i}, {}});
    ASSERT_TRUE(store_->append(batch));
  }
  static double value_of(std::int64_t stream, int i) { return static_cast<double>(stream * 100'000 + i) / 10; }
  std::size_t held(std::int64_t stream) { return store_->read(DatastreamId{stream}, kAlways, {})->size(); }

  /// Flips one bit inside the body of the chunk of `stream` that holds its first value.
  void flip_bit_of_first_chunk(std::int64_t stream) {
    std::string body;
    {
      auto db = Database::open(options_.folder + "/" + kChunkFileName, "");
      auto find = db->prepare(
          "SELECT b.bytes FROM chunk c JOIN body b ON b.id = c.body WHERE c.stream = ?1 ORDER BY c.first LIMIT 1");
      find->bind(1, stream);
      ASSERT_TRUE(*find->step());
      ByteSpan const bytes = find->blob(0);
      body.assign(bytes.begin(), bytes.end());
    }
    std::fstream file(options_.folder + "/" + kChunkFileName, std::ios::in | std::ios::out | std::ios::binary);
    std::string const all{std::istreambuf_iterator<char>(file), {}};
    auto const at = all.find(body);
    ASSERT_NE(at, std::string::npos);
    auto const place = at + body.size() / 2;
    file.clear();
    file.seekp(static_cast<std::streamoff>(place));
    file.put(static_cast<char>(all[place] ^ 0x10));
  }

  std::string folder_;
  ChunkStore::Options options_;
  std::unique_ptr<ChunkStore> store_;
};

TEST_F(chunk_store, a_flipped_bit_costs_one_chunk_and_is_counted) {
  fill(3, 400);
  store_.reset();
  flip_bit_of_first_chunk(2);
  reopen();

  EXPECT_EQ(held(1), 400u);
  EXPECT_EQ(held(2), 350u);
  EXPECT_EQ(held(3), 400u);
  EXPECT_EQ(store_->statistics().corrupt_chunks, 1u);
  auto const rest = store_->read(DatastreamId{2}, kAlways, {.limit = 1});
  EXPECT_EQ(rest->at(0).value, value_of(2, 50));
  DatastreamId const asked[] = {DatastreamId{2}};
  EXPECT_TRUE(store_->aggregate(asked, {kNoon, kNoon + hours{7}}, {.from_raw = true}));
}

TEST_F(chunk_store, goes_on_where_a_chunk_is_corrupt) {
  fill(1, 400);
  store_.reset();
  flip_bit_of_first_chunk(1);
  reopen();
  Batch late;
  late.observations.push_back({DatastreamId{1}, kNoon + minutes{10} + Millis{500}, 7, kNoon, {}});
  ASSERT_TRUE(store_->append(late));
  ASSERT_TRUE(store_->settle());
  EXPECT_EQ(held(1), 351u);
  EXPECT_EQ(store_->statistics().corrupt_chunks, 1u);
  reopen();
  EXPECT_EQ(held(1), 351u);
  EXPECT_EQ(store_->statistics().corrupt_chunks, 1u);
}

TEST_F(chunk_store, rebuilds_what_it_knew_of_a_stream_from_its_chunks) {
  fill(2, 400);
  store_.reset();
  {
    auto db = Database::open(options_.folder + "/" + kChunkFileName, "");
    ASSERT_TRUE(db->run("UPDATE stream SET state = zeroblob(30) WHERE id = 1"));
  }
  reopen();
  EXPECT_EQ(held(1), 400u);
  DatastreamId const asked[] = {DatastreamId{1}};
  EXPECT_EQ(store_->latest(asked)->at(0).value, value_of(1, 399));
  Batch more;
  more.observations.push_back({DatastreamId{1}, kNoon + minutes{500}, 1, kNoon, {}});
  EXPECT_EQ(store_->append(more)->entries.at(0).id, observation_id(DatastreamId{1}, 400));
}

TEST_F(chunk_store, refuses_files_of_a_newer_version) {
  store_.reset();
  {
    auto db = Database::open(options_.folder + "/" + kChunkFileName, "");
    ASSERT_TRUE(db->run("PRAGMA user_version = 99"));
  }
  auto const opened = ChunkStore::open(options_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kUnsupported);
}

TEST_F(chunk_store, a_backup_is_a_store_of_its_own) {
  fill(3, 100);
  ASSERT_TRUE(store_->settle());
  fill(3, 200);
  ASSERT_TRUE(store_->backup_to(folder_ + "/copy"));
  fill(3, 300);
  EXPECT_EQ(store_->backup_to(folder_ + "/copy").error().code, Code::kConflict);

  auto options = options_;
  options.folder = folder_ + "/copy";
  auto copy = std::move(ChunkStore::open(options).value());
  EXPECT_EQ(copy->read(DatastreamId{2}, kAlways, {})->size(), 200u);
  EXPECT_EQ(held(2), 300u);
}

TEST_F(chunk_store, leaves_an_almost_empty_log_behind) {
  fill(20, 400);
  store_.reset();
  EXPECT_LT(std::filesystem::file_size(options_.folder + "/" + kLogFileName), 64u << 10);
  reopen();
  EXPECT_EQ(store_->statistics().hot_observations, 0u);
  EXPECT_EQ(store_->statistics().observations, 8'000u);
}

TEST_F(chunk_store, channels_of_one_message_share_their_times) {
  fill(17, 400);
  store_.reset();
  auto db = Database::open(options_.folder + "/" + kChunkFileName, "");
  EXPECT_EQ(*db->number("SELECT count(*) FROM body WHERE users = 17"), 8);
}

}  // namespace
}  // namespace madang::storage

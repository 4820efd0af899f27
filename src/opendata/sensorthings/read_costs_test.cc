// What anybody may ask costs little, however long the history is and however large its texts are.
#include <fmt/format.h>

#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/read_costs.h"
#include "opendata/sensorthings/test_service.h"
#include "storage/observations/chunk_store.h"
#include "support/passing_store.h"
#include "web/http/url.h"

namespace madang::opendata {
namespace {

using std::chrono::minutes;

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

/// The query behind `?` of the page's nextLink; empty: there is none.
web::Fields next_of(std::string const& page) {
  static constexpr std::string_view kNext = "\"@iot.nextLink\":\"";
  auto const at = page.find(kNext);
  if (at == std::string::npos) return {};
  auto const begin = at + kNext.size();
  auto const link = page.substr(begin, page.find('"', begin) - begin);
  return must(web::parse_urlencoded(std::string_view(link).substr(link.find('?') + 1), 20));
}

/// Two Datastreams whose results may be texts, behind the embedded store.
struct ReadCosts : Sensorthings {
  std::unique_ptr<storage::ChunkStore> chunks;

  ReadCosts() {
    must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + datastream_body("OM_Observation") + "," +
                            datastream_body("OM_Observation") + "]}"));
    storage::ChunkStore::Options options;
    options.folder = (t.folder.path() / "observations").string();
    options.clock = &t.clock;
    options.chunk_values = 8;
    options.background = false;
    chunks = must(storage::ChunkStore::open(options));
    serve(*chunks);
  }
  void serve(storage::ObservationStore& store) { routes = sensorthings_routes({*t.city, store, *t.ingest, t.clock, &messages}); }
  void fill(int count, std::string const& text = "", std::vector<std::int64_t> const& streams = {1, 2}) {
    storage::Batch batch;
    for (auto const stream : streams)
      for (int i = 0; i < count; ++i) {
        auto const time = t.clock.now() - minutes{count - i};
        batch.observations.push_back({DatastreamId{stream}, time, text.empty() ? 1.0 * i : 0, time, {QualityFlag::kGood, 0, 1}});
        if (text.empty()) continue;
        auto& detail = batch.details.emplace_back(static_cast<std::uint32_t>(batch.observations.size() - 1), storage::ObservationDetail{}).second;
        detail.result_kind = storage::ObservationDetail::ResultKind::kText;
        detail.result = text;
      }
    must(chunks->append(batch));
    ASSERT_TRUE(chunks->settle());
  }
  /// Rows of the index that an answer makes the store read.
  std::uint64_t rows_for(std::string path, web::Fields query) {
    auto const before = chunks->statistics().chunk_rows;
    (void)get(std::move(path), std::move(query));
    return chunks->statistics().chunk_rows - before;
  }
};

TEST_F(ReadCosts, datastreams_say_when_they_were_observed_without_reading_their_history) {
  fill(2'000);
  auto const page = body("Datastreams", {{"$top", "10000"}});
  EXPECT_EQ(occurrences(page, "\"phenomenonTime\":\"2026-11-22T20:10:00Z/2026-11-24T05:29:00Z\""), 2u) << page;
  EXPECT_LE(rows_for("Datastreams", {{"$top", "10000"}}), 6u);
  EXPECT_LE(rows_for("Observations", {{"$count", "true"}, {"$top", "0"}}), 520u) << "a row for eight values of each";
  EXPECT_THAT(body("Observations", {{"$count", "true"}, {"$top", "0"}}), HasSubstr("\"@iot.count\":4000"));
}

/// A store that says that it has much more than it has.
class CrowdedStore final : public test::PassingStore {
 public:
  using PassingStore::PassingStore;
  int counted = 0;
  int read_from = 0;
  Result<std::size_t> count(DatastreamId, Interval, storage::CountOptions const& options) override {
    ++counted;
    return std::min<std::size_t>(10 * kScanMax, options.at_most + 1);
  }
  Result<std::vector<storage::StoredObservation>> read(DatastreamId stream, Interval when, storage::ReadOptions const& options) override {
    ++read_from;
    return PassingStore::read(stream, when, options);
  }
};

TEST_F(ReadCosts, what_would_read_too_much_is_refused_before_all_of_it_is_counted) {
  CrowdedStore crowded{*chunks};
  serve(crowded);
  auto const answer = get("Observations", {{"$filter", "result gt 5"}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kLimit);
  EXPECT_THAT(answer.error().sentence, HasSubstr("more than 1000000 observations"));
  EXPECT_EQ(crowded.counted, 1);
  EXPECT_EQ(crowded.read_from, 0);
}

/// A store on a disk that takes its time.
class SlowStore final : public test::PassingStore {
 public:
  SlowStore(storage::ObservationStore& behind, runtime::ManualClock& clock) : PassingStore(behind), clock_(clock) {}
  int asked = 0;
  Result<std::size_t> count(DatastreamId stream, Interval when, storage::CountOptions const& options) override {
    take_time();
    return PassingStore::count(stream, when, options);
  }
  Result<std::vector<storage::StoredObservation>> read(DatastreamId stream, Interval when, storage::ReadOptions const& options) override {
    take_time();
    return PassingStore::read(stream, when, options);
  }

 private:
  void take_time() {
    ++asked;
    clock_.advance(kReadTimeMax);
  }
  runtime::ManualClock& clock_;
};

/// One that finds single observations slowly.
class SlowFinds final : public test::PassingStore {
 public:
  SlowFinds(storage::ObservationStore& behind, runtime::ManualClock& clock) : PassingStore(behind), clock_(clock) {}
  int asked = 0;
  Result<storage::StoredObservation> find(ObservationId id) override {
    ++asked;
    clock_.advance(kReadTimeMax);
    return PassingStore::find(id);
  }

 private:
  runtime::ManualClock& clock_;
};

TEST_F(ReadCosts, an_answer_that_takes_too_long_ends_and_says_how_to_ask) {
  fill(20);
  SlowStore slow{*chunks, t.clock};
  serve(slow);
  for (auto const& [path, query] : std::vector<std::pair<std::string, web::Fields>>{
           {"Datastreams", {}},
           {"Datastreams(1)", {}},
           {"Datastreams", {{"$filter", "phenomenonTime gt 2020-01-01T00:00:00Z"}}},
           {"Observations", {}},
           {"Observations", {{"$count", "true"}}},
           {"Observations", {{"$orderby", "phenomenonTime desc"}}},
           {"Observations", {{"$filter", "result gt 5"}}},
           {"Observations", {{"$orderby", "result"}}},
           {"Datastreams(1)/Observations", {{"$skip", "3"}}}}) {
    slow.asked = 0;
    auto const answer = get(path, query);
    ASSERT_FALSE(answer) << path;
    EXPECT_EQ(answer.error().code, Code::kUnavailable) << path;
    EXPECT_THAT(answer.error().sentence, HasSubstr("this takes longer than 5 s")) << path;
    EXPECT_EQ(slow.asked, 1) << path;
  }
}

TEST_F(ReadCosts, texts_that_are_fetched_again_are_fetched_within_the_deadline) {
  fill(1'100, std::string(62'000, 'x'), {1});
  fill(2'000, "", {2});
  SlowFinds slow{*chunks, t.clock};
  serve(slow);
  auto const answer = get("Observations", {{"$orderby", "phenomenonTime"}, {"$skip", "1000"}, {"$top", "10000"}});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().sentence, HasSubstr("this takes longer than 5 s"));
  EXPECT_EQ(slow.asked, 1);
}

/// A second goes by at every look.
class HurriedClock final : public runtime::Clock {
 public:
  explicit HurriedClock(runtime::ManualClock& clock) : clock_(clock) {}
  [[nodiscard]] Instant now() const override { return clock_.now(); }
  [[nodiscard]] Tick tick() const override {
    clock_.advance(std::chrono::seconds{1});
    return clock_.tick();
  }

 private:
  runtime::ManualClock& clock_;
};

TEST_F(ReadCosts, entities_are_looked_through_within_the_deadline) {
  for (int i = 0; i < 200; ++i) must(post("Things", R"({"name":"A","description":""})"));
  HurriedClock const hurried{t.clock};
  routes = sensorthings_routes({*t.city, *chunks, *t.ingest, hurried, &messages});
  auto const answer = get("Things", {{"$filter", "name eq 'B'"}});
  ASSERT_FALSE(answer) << "ten looks between which a second goes by";
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_THAT(answer.error().sentence, HasSubstr("this takes longer than 5 s"));
}

/// All observations of a query, page by page, and how large the largest page was.
struct Walked {
  std::size_t observations = 0;
  std::size_t pages = 0;
  std::size_t largest = 0;
};

TEST_F(ReadCosts, a_page_of_large_results_ends_early_and_leads_on) {
  fill(300, std::string(60'000, 'x'));
  auto const walk = [this](std::string const& path, web::Fields query) {
    Walked walked;
    query.emplace_back("$top", "10000");
    for (bool more = true; more;) {
      auto const page = body(path, query);
      walked.observations += occurrences(page, "\"@iot.id\":");
      walked.largest = std::max(walked.largest, page.size());
      ++walked.pages;
      query = next_of(page);
      more = !query.empty() && walked.pages < 20;
    }
    return walked;
  };
  auto const is_bounded = [&](std::string const& path, web::Fields const& query, std::size_t all) {
    SCOPED_TRACE(path + (query.empty() ? "" : "?" + query.front().first + "=" + query.front().second));
    auto const walked = walk(path, query);
    EXPECT_EQ(walked.observations, all);
    EXPECT_LE(walked.largest, kPageBytesMax + (1u << 20));
    EXPECT_EQ(walked.pages, all / 140 + 1);
  };
  is_bounded("Datastreams(1)/Observations", {}, 300);
  is_bounded("Datastreams(1)/Observations", {{"$orderby", "phenomenonTime desc"}}, 300);
  is_bounded("Datastreams(1)/Observations", {{"$filter", "resultQuality ne 'fail'"}}, 300);
  is_bounded("Datastreams(1)/Observations", {{"$orderby", "id desc"}}, 300);
  is_bounded("Observations", {}, 600);
  is_bounded("Observations", {{"$orderby", "phenomenonTime"}}, 600);
  is_bounded("Observations", {{"$select", "@iot.id,result"}}, 600);
}

TEST_F(ReadCosts, what_would_hold_too_much_text_to_be_put_in_order_is_refused) {
  fill(900, std::string(60'000, 'x'));
  auto const answer = get("Observations", {{"$orderby", "result"}, {"$skip", "1700"}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kLimit);
  EXPECT_THAT(answer.error().sentence, HasSubstr("more than 32 MiB of texts"));
}

/// What is skipped holds more text than may wait for its order; then some of it comes onto the page after all, behind the second
/// Datastream's.
TEST_F(ReadCosts, a_next_link_leads_on_behind_any_amount_of_text) {
  fill(1'100, std::string(62'000, 'x'), {1});
  fill(2'000, "", {2});
  web::Fields query{{"$orderby", "phenomenonTime"}, {"$skip", "1000"}, {"$top", "10000"}};
  for (int i = 0; i < 2; ++i) {
    auto const page = body("Observations", query);
    auto const texts = occurrences(page, "\"result\":\"xxxxxxxx");
    EXPECT_GT(texts, 120u);
    EXPECT_EQ(occurrences(page, "\"result\":\"\""), 0u) << "the texts of what was skipped at first are there again";
    EXPECT_NEAR(static_cast<double>(occurrences(page, "\"@iot.id\":")), 2.0 * static_cast<double>(texts), 1);
    query = next_of(page);
    ASSERT_FALSE(query.empty());
  }
}

TEST_F(ReadCosts, a_page_of_large_entities_ends_early_and_leads_on) {
  auto const large = R"({"name":"A","description":"","properties":{"plan":")" + std::string(60'000, 'd') + R"("}})";
  for (int i = 0; i < 300; ++i) must(post("Things", large));
  std::size_t things = 0;
  web::Fields query{{"$top", "10000"}};
  for (int pages = 0; !query.empty() && pages < 10; ++pages) {
    auto const page = body("Things", query);
    things += occurrences(page, "\"@iot.id\":");
    EXPECT_LE(page.size(), kPageBytesMax + kWrittenAtOnce * 70'000);
    query = next_of(page);
  }
  EXPECT_EQ(things, 301u);
}

TEST(may_walk, says_which_reads_wait_in_a_queue_of_their_own) {
  EXPECT_TRUE(may_walk("Observations", {{"$orderby", "result"}}));
  EXPECT_TRUE(may_walk("Observations", {{"$filter", "result gt 5"}}));
  EXPECT_TRUE(may_walk("Observations", {{"$count", "true"}}));
  EXPECT_TRUE(may_walk("Observations/", {{"$orderby", "phenomenonTime"}}));
  EXPECT_TRUE(may_walk("Observations", {{"$orderby", "phenomenonTime desc"}, {"$top", "1000"}}));
  EXPECT_TRUE(may_walk("Datastreams(1)/Observations", {{"$filter", "result gt 5"}}));
  EXPECT_TRUE(may_walk("Datastreams(1)/Observations", {{"$orderby", "result desc"}}));
  EXPECT_TRUE(may_walk("FeaturesOfInterest(1)/Observations", {}));
  EXPECT_TRUE(may_walk("Things", {{"$filter", "name eq 'x'"}}));
  EXPECT_TRUE(may_walk("Sensors(1)/Datastreams", {{"$top", "10000"}}));
}

TEST(may_walk, leaves_what_is_read_as_it_stands_with_the_reads) {
  EXPECT_FALSE(may_walk("", {}));
  EXPECT_FALSE(may_walk("Observations", {}));
  EXPECT_FALSE(may_walk("Observations", {{"$orderby", "phenomenonTime desc"}, {"$top", "10"}}));
  EXPECT_FALSE(may_walk("Datastreams(1)/Observations", {{"$orderby", "phenomenonTime desc"}, {"$top", "1"}, {"$count", "true"}}));
  EXPECT_FALSE(may_walk("Datastreams(1)/Observations", {{"$filter", "phenomenonTime ge 2026-11-24T05:00:00Z"}}));
  EXPECT_FALSE(may_walk("Observations(1)/Datastream/Observations", {{"$skip", "100"}}));
  EXPECT_FALSE(may_walk("Things", {{"$count", "true"}, {"$orderby", "id desc"}}));
  EXPECT_FALSE(may_walk("Things(1)", {{"$select", "name"}}));
  EXPECT_FALSE(may_walk("Observations", {{"$orderby", "no such"}})) << "a refusal costs nothing";
}

}  // namespace
}  // namespace madang::opendata

// Rows described once: every type there and back, searches with bound values, keys, pages, references, on both engines.
#include "storage/records/rows.h"

#include <gmock/gmock.h>

#include <array>
#include <limits>

#include "records_fixture.h"

namespace madang::storage {

enum class Colour : std::uint8_t { kRed, kGreen, kBlue };
constexpr Colour last_of(Colour) { return Colour::kBlue; }

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using LampId = Id<struct LampTag>;

struct Lamp {
  LampId id;
  std::string name;
  std::int64_t lumens = 0;
  int watts = 0;
  double height = 0;
  bool lit = false;
  Colour colour = Colour::kRed;
  Instant built;
  Millis warm_up{0};
  Json properties;
  Bytes seal;
  std::optional<LampId> twin = {};
  std::optional<double> angle = {};
  std::optional<std::string> note = {};
  std::optional<Instant> broken_at = {};
  std::optional<Colour> glass = {};
  std::optional<Bytes> picture = {};
  std::optional<bool> leased = {};
  friend bool operator==(Lamp const&, Lamp const&) = default;
};

constexpr auto kLamps =
    table<Lamp>("lamp", key("id", &Lamp::id), column("name", &Lamp::name), column("lumens", &Lamp::lumens),
                column("watts", &Lamp::watts), column("height", &Lamp::height), column("lit", &Lamp::lit),
                column("colour", &Lamp::colour), column("built", &Lamp::built), column("warm_up", &Lamp::warm_up),
                column("properties", &Lamp::properties), column("seal", &Lamp::seal), column("twin", &Lamp::twin),
                column("angle", &Lamp::angle), column("note", &Lamp::note), column("broken_at", &Lamp::broken_at),
                column("glass", &Lamp::glass), column("picture", &Lamp::picture), column("leased", &Lamp::leased));

struct Visit {
  LampId lamp;
  std::int64_t number = 0;
  std::string words;
  friend bool operator==(Visit const&, Visit const&) = default;
};
constexpr auto kVisits = table<Visit>("visit", key("lamp", &Visit::lamp), key("number", &Visit::number), column("words", &Visit::words));

constexpr std::array kSteps = {
    Migration{"keep lamps",
              "CREATE TABLE lamp (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, lumens BIGINT NOT NULL,"
              " watts BIGINT NOT NULL CHECK (watts >= 0), height DOUBLE PRECISION NOT NULL, lit SMALLINT NOT NULL,"
              " colour SMALLINT NOT NULL, built BIGINT NOT NULL, warm_up BIGINT NOT NULL, properties TEXT NOT NULL,"
              " seal BYTEA NOT NULL, twin BIGINT REFERENCES lamp (id), angle DOUBLE PRECISION, note TEXT, broken_at BIGINT,"
              " glass SMALLINT, picture BYTEA, leased SMALLINT);"
              "CREATE UNIQUE INDEX lamp_name ON lamp (name) WHERE broken_at IS NULL;"
              "CREATE TABLE visit (lamp BIGINT NOT NULL REFERENCES lamp (id), number BIGINT NOT NULL, words TEXT NOT NULL,"
              " PRIMARY KEY (lamp, number))"},
};

Lamp full(std::int64_t id) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return {.id = LampId{id},
          .name = "등 'quoted' \"text\" :colon ; $1 ? \\x " + std::to_string(id),
          .lumens = std::numeric_limits<std::int64_t>::min(),
          .watts = std::numeric_limits<int>::max(),
          .height = 0.1,
          .lit = true,
          .colour = Colour::kBlue,
          .built = instant_of_millis(-1),
          .warm_up = Millis{1'500},
          .properties = {R"({"a":[1,"둘"]})"},
          .seal = {bytes},
          .angle = -1.0 / 3.0,
          .note = "",
          .broken_at = instant_of_millis(1'790'000'000'000),
          .glass = Colour::kRed,
          .picture = Bytes{""},
          .leased = false};
}

Lamp bare(std::int64_t id) { return {.id = LampId{id}, .name = "lamp " + std::to_string(id), .built = instant_of_millis(0), .properties = {}, .seal = {}}; }

class rows_on_engine : public contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    records = open(address);
    auto const migrated = records->migrate("lamps", kSteps);
    ASSERT_TRUE(migrated) << migrated.error().sentence;
  }

  template <typename Work>
  Result<void> write(Work const& work) {
    return records->transaction([&](soci::session& sql) -> Result<void> { return work(sql); });
  }
  Result<void> add(Lamp const& lamp) {
    return write([&](soci::session& sql) { return insert(sql, kLamps, lamp); });
  }
  std::optional<Lamp> lamp(std::int64_t id) {
    std::optional<Lamp> found;
    auto const done = records->read([&](soci::session& sql) -> Result<void> {
      MADANG_TRY(found, find(sql, kLamps, LampId{id}));
      return {};
    });
    EXPECT_TRUE(done) << done.error().sentence;
    return found;
  }
  std::vector<std::int64_t> ids(Search const& search) {
    std::vector<std::int64_t> found;
    auto const done = records->read([&](soci::session& sql) {
      return for_each(sql, kLamps, search, [&](Lamp&& each) { found.push_back(each.id.value()); });
    });
    EXPECT_TRUE(done) << done.error().sentence;
    return found;
  }

  std::unique_ptr<Records> records;
};
MADANG_ON_BOTH_ENGINES(rows_on_engine);

TEST_P(rows_on_engine, come_back_as_they_were_of_every_type) {
  ASSERT_TRUE(add(full(1)));
  ASSERT_TRUE(add(bare(2)));

  EXPECT_EQ(lamp(1), full(1));
  EXPECT_EQ(lamp(2), bare(2));
  EXPECT_EQ(lamp(3), std::nullopt);
}

TEST_P(rows_on_engine, are_described_as_the_table_is) {
  EXPECT_TRUE(write([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(check_described(sql, kLamps));
    return check_described(sql, kVisits);
  }));
  constexpr auto kWrong = table<Visit>("visit", key("lamp", &Visit::lamp), key("number", &Visit::number), column("word", &Visit::words));

  auto const wrong = write([&](soci::session& sql) { return check_described(sql, kWrong); });

  EXPECT_THAT(wrong.error().sentence, HasSubstr("visit.word is described and does not exist"));
}

TEST_P(rows_on_engine, are_inserted_many_at_once_with_and_without_values) {
  std::vector<Lamp> lamps;
  for (std::int64_t id = 1; id <= 1'234; ++id) lamps.push_back(id % 2 == 0 ? full(id) : bare(id));
  ASSERT_TRUE(write([&](soci::session& sql) { return insert_all(sql, kLamps, std::span<Lamp const>{lamps}); }));

  std::vector<Lamp> found;
  ASSERT_TRUE(write([&](soci::session& sql) -> Result<void> {
    MADANG_TRY(found, select(sql, kLamps, {"ORDER BY id"}));
    return {};
  }));

  EXPECT_EQ(found, lamps);
}

TEST_P(rows_on_engine, are_changed_and_put_by_their_key) {
  ASSERT_TRUE(add(bare(1)));
  auto changed = full(1);
  ASSERT_TRUE(write([&](soci::session& sql) { return update(sql, kLamps, changed); }));
  EXPECT_EQ(lamp(1), changed);
  EXPECT_EQ(write([&](soci::session& sql) { return update(sql, kLamps, full(9)); }).error().code, Code::kNotFound);
  ASSERT_TRUE(write([&](soci::session& sql) { return upsert(sql, kLamps, bare(1)); }));
  ASSERT_TRUE(write([&](soci::session& sql) { return upsert(sql, kLamps, full(2)); }));

  EXPECT_EQ(lamp(1), bare(1)) << "what is absent became NULL again";
  EXPECT_EQ(lamp(2), full(2));
}

TEST_P(rows_on_engine, are_found_by_bound_values_of_every_type) {
  for (std::int64_t id = 1; id <= 3; ++id) ASSERT_TRUE(add(bare(id)));
  ASSERT_TRUE(add(full(4)));

  EXPECT_THAT(ids({"WHERE name = :name", {{"name", "lamp 2"}}}), ElementsAre(2));
  EXPECT_THAT(ids({"WHERE name = :name", {{"name", full(4).name}}}), ElementsAre(4));
  EXPECT_THAT(ids({"WHERE id > :id ORDER BY id LIMIT :most", {{"id", LampId{1}}, {"most", 2}}}), ElementsAre(2, 3));
  EXPECT_THAT(ids({"WHERE height > :low AND height < :high", {{"low", 0.05}, {"high", 0.2}}}), ElementsAre(4));
  EXPECT_THAT(ids({"WHERE lit = :lit", {{"lit", true}}}), ElementsAre(4));
  EXPECT_THAT(ids({"WHERE colour = :colour", {{"colour", Colour::kBlue}}}), ElementsAre(4));
  EXPECT_THAT(ids({"WHERE built < :before", {{"before", instant_of_millis(0)}}}), ElementsAre(4));
  EXPECT_THAT(ids({"WHERE warm_up >= :least", {{"least", Millis{1'000}}}}), ElementsAre(4));
  EXPECT_THAT(ids({"WHERE seal = :seal", {{"seal", full(4).seal}}}), ElementsAre(4));
  EXPECT_THAT(ids({"WHERE properties = :json", {{"json", full(4).properties}}}), ElementsAre(4));
  EXPECT_THAT(ids({"WHERE angle IS NULL ORDER BY id", {}}), ElementsAre(1, 2, 3));
  EXPECT_THAT(ids({"WHERE lumens = :lumens", {{"lumens", std::numeric_limits<std::int64_t>::min()}}}), ElementsAre(4));
}

TEST_P(rows_on_engine, take_a_bound_value_that_is_absent_as_null) {
  ASSERT_TRUE(add(full(1)));
  auto const clear = write([](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto const changed, execute(sql, "UPDATE lamp SET angle = :angle, note = :note, broken_at = :at WHERE id = :id",
                                           {{"angle", std::optional<double>{}}, {"note", std::optional<std::string>{}},
                                            {"at", std::optional<Instant>{}}, {"id", LampId{1}}}));
    EXPECT_EQ(changed, 1);
    return {};
  });
  ASSERT_TRUE(clear) << clear.error().sentence;

  EXPECT_EQ(lamp(1)->angle, std::nullopt);
  EXPECT_EQ(lamp(1)->note, std::nullopt);
  EXPECT_EQ(lamp(1)->broken_at, std::nullopt);
}

TEST_P(rows_on_engine, keep_an_empty_text_apart_from_an_absent_one) {
  ASSERT_TRUE(add(full(1)));
  ASSERT_TRUE(add(bare(2)));

  EXPECT_THAT(ids({"WHERE note = ''", {}}), ElementsAre(1));
  EXPECT_THAT(ids({"WHERE note IS NULL", {}}), ElementsAre(2));
}

TEST_P(rows_on_engine, refuse_what_cannot_be_kept_and_name_the_column) {
  auto lamp = bare(1);
  lamp.name = std::string{"a\0b", 3};
  EXPECT_THAT(add(lamp).error().sentence, HasSubstr("lamp.name: a text with a zero byte"));
  lamp.name = "\xff";
  EXPECT_THAT(add(lamp).error().sentence, HasSubstr("lamp.name: a text that is not UTF-8"));
  lamp = bare(1);
  lamp.properties.text = "{";
  EXPECT_THAT(add(lamp).error().sentence, HasSubstr("lamp.properties"));
  EXPECT_EQ(add(lamp).error().code, Code::kInvalid);
}

TEST_P(rows_on_engine, say_which_column_nobody_could_have_written) {
  ASSERT_TRUE(add(bare(1)));
  ASSERT_TRUE(write([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(execute(sql, "UPDATE lamp SET colour = 9"));
    return {};
  }));

  auto const read = write([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(select(sql, kLamps));
    return {};
  });

  EXPECT_EQ(read.error().code, Code::kCorrupt);
  EXPECT_THAT(read.error().sentence, HasSubstr("lamp.colour"));
}

TEST_P(rows_on_engine, keep_references_checks_and_partial_uniqueness) {
  ASSERT_TRUE(add(bare(1)));
  auto lamp = bare(2);
  lamp.twin = LampId{77};
  EXPECT_EQ(add(lamp).error().code, Code::kConflict) << "no such lamp";
  lamp.twin = LampId{1};
  lamp.watts = -1;
  EXPECT_EQ(add(lamp).error().code, Code::kConflict) << "below 0";
  lamp.watts = 1;
  lamp.name = bare(1).name;
  EXPECT_EQ(add(lamp).error().code, Code::kConflict) << "the name is taken";
  lamp.broken_at = clock.now();
  EXPECT_TRUE(add(lamp)) << "what is broken needs no name of its own";
  EXPECT_EQ(add(bare(1)).error().code, Code::kConflict) << "the key is taken";
}

TEST_P(rows_on_engine, are_paged_by_a_key_of_two_columns) {
  ASSERT_TRUE(add(bare(1)));
  ASSERT_TRUE(add(bare(2)));
  std::vector<Visit> visits;
  for (std::int64_t number = 1; number <= 5; ++number) visits.push_back({LampId{1}, number, "a"});
  for (std::int64_t number = 1; number <= 3; ++number) visits.push_back({LampId{2}, number, "b"});
  ASSERT_TRUE(write([&](soci::session& sql) { return insert_all(sql, kVisits, std::span<Visit const>{visits}); }));

  std::vector<Visit> paged;
  ASSERT_TRUE(write([&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto page, first_page(sql, kVisits, 3));
    while (!page.empty()) {
      paged.insert(paged.end(), page.begin(), page.end());
      MADANG_TRY(page, page_after(sql, kVisits, 3, page.back().lamp, page.back().number));
    }
    return {};
  }));

  EXPECT_EQ(paged, visits);
}

TEST_P(rows_on_engine, are_counted_and_erased) {
  for (std::int64_t id = 1; id <= 3; ++id) ASSERT_TRUE(add(bare(id)));

  ASSERT_TRUE(write([](soci::session& sql) -> Result<void> {
    EXPECT_EQ(*count(sql, kLamps), 3);
    EXPECT_EQ(*count(sql, kLamps, {"WHERE id > :id", {{"id", 1}}}), 2);
    EXPECT_TRUE(*erase(sql, kLamps, LampId{2}));
    EXPECT_FALSE(*erase(sql, kLamps, LampId{2}));
    EXPECT_EQ(*count(sql, kLamps), 2);
    return {};
  }));
}

TEST_P(rows_on_engine, survive_a_copy_to_the_other_engine_with_their_bytes) {
  ASSERT_TRUE(add(full(1)));
  ASSERT_TRUE(add(bare(2)));
  auto const copy = directory.path() + "/copy.sqlite";
  ASSERT_TRUE(records->backup_to(copy));
  auto const target = fresh_address();
  auto const restored = Records::restore(copy, target);
  ASSERT_TRUE(restored) << restored.error().sentence;

  records = open(target);

  EXPECT_EQ(lamp(1), full(1));
  EXPECT_EQ(lamp(2), bare(2));
}

}  // namespace
}  // namespace madang::storage

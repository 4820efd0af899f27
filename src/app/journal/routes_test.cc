// The journal over HTTP: what everybody may see, and what only some.
#include "app/journal/routes.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "runtime/data_directory.h"
#include "storage/journal/journal.h"
#include "storage/journal/signer.h"
#include "storage/journal/verify.h"
#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::app {
namespace {

namespace journal = storage::journal;
using ::testing::HasSubstr;
using ::testing::Not;

class journal_api : public ::testing::Test {
 protected:
  void SetUp() override {
    directory = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    records = *storage::Records::open("sqlite:" + directory + "/records.sqlite", clock);
    ASSERT_TRUE(journal::migrate(*records));
    held.emplace(*runtime::DataDirectory::open(directory + "/data"));
    server.emplace(journal_routes(*records));
  }
  void TearDown() override {
    server.reset();
    records.reset();
    held.reset();
    std::filesystem::remove_all(directory);
  }
  void write(std::string kind) {
    ASSERT_TRUE(records->transaction([&](soci::session& sql) -> Result<void> {
      MADANG_CHECK(journal::append(sql, {clock.now(), kind, R"({"party":3})", {{"actor", "kim"}}}));
      return {};
    }));
  }
  journal::Verifier sign() {
    auto signer = journal::Signer::open(*records, *held, clock);
    EXPECT_TRUE(signer);
    EXPECT_TRUE(signer->sign_new());
    return signer->verifier();
  }
  test::HttpAnswer get(std::string const& path, test::HttpFields const& headers = {}) {
    return test::HttpClient(server->port()).get("/api/v1/journal/" + path, headers);
  }

  runtime::SystemClock clock;
  std::string directory;
  std::unique_ptr<storage::Records> records;
  std::optional<runtime::DataDirectory> held;
  std::optional<test::WebServer> server;
  test::HttpFields const operators{{"Cookie", "madang_session=" + std::string{test::FakeRights::kSession}}};
};

TEST_F(journal_api, gives_everybody_heads_and_proofs_that_check) {
  EXPECT_EQ(get("checkpoint").status, 404) << "nothing is signed yet";
  write("key_created");
  auto const key = sign();
  write("key_revoked");
  (void)sign();

  auto const head = get("checkpoint");

  EXPECT_EQ(head.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(journal::open_checkpoint(head.body, key)->size, 2);
  auto const proof = get("entries/0/proof");
  EXPECT_THAT(proof.body, Not(HasSubstr("kim")));
  EXPECT_THAT(journal::check_proof(proof.body, key)->leaf, HasSubstr("key_created"));
  EXPECT_EQ(journal::check_proof(get("growth/1").body, key)->earlier->size, 1);
  EXPECT_EQ(get("entries/9/proof").status, 404);
  EXPECT_EQ(get("entries/x/proof").status, 404);
  EXPECT_EQ(get("growth/7").status, 404);
}

TEST_F(journal_api, lists_entries_in_pages_without_names) {
  for (int i = 0; i < 3; ++i) write("key_created");
  auto const page = get("entries?from=1&limit=1");
  EXPECT_THAT(page.body, HasSubstr(R"({"count":3,"entries":[{"position":1,"leaf":"{\"position\":1)"));
  EXPECT_THAT(page.body, Not(HasSubstr("kim")));
  EXPECT_THAT(page.body, Not(HasSubstr(R"("position":2)")));
  EXPECT_EQ(get("entries?from=-1").status, 400);
}

TEST_F(journal_api, shows_the_public_no_ones_comings_and_goings) {
  write("signed_in");
  auto const key = sign();
  auto const page = get("entries");
  auto const proof = get("entries/0/proof");
  EXPECT_THAT(page.body, HasSubstr("leaf_hash"));
  EXPECT_THAT(page.body + proof.body, Not(HasSubstr("signed_in")));
  EXPECT_TRUE(journal::check_proof(proof.body, key)) << "though it is proven";
}

TEST_F(journal_api, shows_names_to_those_who_may_know_them) {
  write("signed_in");
  auto const key = sign();
  EXPECT_EQ(get("opened").status, 401);
  EXPECT_EQ(get("opened/0/proof").status, 401);
  auto const opened = get("opened", operators);
  EXPECT_THAT(opened.body, HasSubstr(R"("openings":{"actor":"kim"})"));
  EXPECT_EQ(opened.header("cache-control"), "no-store");
  auto const proof = get("opened/0/proof", operators);
  EXPECT_THAT(proof.body, HasSubstr("kim"));
  EXPECT_TRUE(journal::check_proof(proof.body, key));
}

}  // namespace
}  // namespace madang::app

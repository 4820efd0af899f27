// All modules together say what each alone cannot: that keys, texts and commands fit beside each other.
#include "app/modules.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "embedded_locales.h"
#include "modules/program.h"
#include "support/people.h"

namespace madang::app {
namespace {

TEST(all_modules, explain_their_settings_in_toml_that_reads_back) {
  modules::Program program{all_modules()};
  auto settings = program.settings();
  auto const read = settings.read(settings.explain(), "explained");
  EXPECT_TRUE(read.has_value()) << read.error().sentence;
}

TEST(all_modules, bring_every_text_of_the_house) {
  modules::Program const program{all_modules()};
  EXPECT_EQ(program.texts().size(), embedded_locales().size());
  EXPECT_TRUE(runtime::Messages::load(program.texts(), "Asia/Seoul").has_value());
}

TEST(all_modules, say_what_each_permission_lets_somebody_do) {
  modules::Program const program{all_modules()};
  auto const messages = runtime::Messages::load(program.texts(), "Asia/Seoul").value();
  ASSERT_FALSE(program.permissions().all().empty());
  for (auto const& declared : program.permissions().all())
    for (auto const& language : messages.languages())
      EXPECT_NE(messages.text(language, declared.words), declared.words) << declared.permission.name() << " in " << language;
}

TEST(all_modules, let_a_reader_change_nothing) {
  modules::Program const program{all_modules()};
  for (auto const name : program.permissions().of_role(modules::kReader)) EXPECT_TRUE(name.ends_with(".see")) << name;
}

std::vector<std::string> pages_of(modules::Program const& program, web::Principal const& who) {
  std::vector<std::string> open;
  auto const navigation = program.navigation();
  for (auto const& page : navigation.links())
    if (web::is_open_to(page.access, who) && !(page.signed_out_only && who.kind == web::Principal::Kind::kPerson)) open.emplace_back(page.path);
  return open;
}
web::Principal somebody(modules::Program const& program, std::string_view role) {
  auto who = test::person_who_may(std::string{role}, {});
  auto grants = std::make_shared<web::Grants>();
  for (auto const permission : program.permissions().of_role(role)) grants->give(permission);
  who.grants = std::move(grants);
  return who;
}

/// Those that every city has; what other domains bring stands anywhere among them.
TEST(all_modules, show_each_role_the_pages_that_it_opens) {
  using Pages = std::vector<std::string>;
  modules::Program const program{all_modules()};
  auto const known = [&](web::Principal const& who) {
    Pages const usual{"/", "/alerts", "/health", "/control", "/control?view=subscribers", "/login"};
    auto open = pages_of(program, who);
    std::erase_if(open, [&](auto const& page) { return std::ranges::find(usual, page) == usual.end(); });
    return open;
  };
  EXPECT_EQ(known({}), (Pages{"/", "/alerts", "/health", "/control", "/login"}));
  EXPECT_EQ(known(somebody(program, modules::kOperator)), (Pages{"/", "/alerts", "/health", "/control", "/control?view=subscribers", "/login"}));
  EXPECT_EQ(known(somebody(program, modules::kReader)), (Pages{"/", "/alerts", "/health", "/control", "/login"}));
}

TEST(all_modules, name_pages_by_permissions_that_some_module_declares) {
  modules::Program const program{all_modules()};
  auto const navigation = program.navigation();
  for (auto const& page : navigation.links()) {
    auto const asked = page.access.permission.name();
    EXPECT_TRUE(asked.empty() || program.permissions().find(asked) != nullptr) << page.path;
  }
}

}  // namespace
}  // namespace madang::app

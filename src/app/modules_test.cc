// All modules together say what each alone cannot: that keys, texts and commands fit beside each other.
#include "app/modules.h"

#include <gtest/gtest.h>

#include "embedded_locales.h"
#include "modules/program.h"

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

}  // namespace
}  // namespace madang::app

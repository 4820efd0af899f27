// Pieces of the alert pages: one warning as a short and as a long piece. Pure.
#pragma once

#include <span>
#include <string>

#include "city/city.h"
#include "situations/situations.h"
#include "web/html/page_frame.h"

namespace madang::situations {

struct PageContext {
  web::Voice voice;
  city::City const& city;
  Instant now;
};

/// "Sangam-dong, Mapo-gu", or the whole city.
std::string where_text(Situation const& s, web::Voice const& voice, city::City const& city);
/// Shape, word and colour: never colour alone.
web::markup::Html severity_mark(PageContext const& context, Severity severity);
/// What, what to do while it lasts, where, since when; with a link to the whole.
web::markup::Html short_piece(PageContext const& context, Situation const& s);
/// What, where, since when, what to do, and what became of it.
web::markup::Html long_piece(PageContext const& context, Situation const& s, std::span<Entry const> timeline);
/// Says that what is marked as an exercise rests on simulated values; empty where nothing is.
/// Says which of these are exercises: all, or those that are marked so. Nothing where none is.
web::markup::Html simulated_notice(PageContext const& context, std::span<SituationPtr const> shown);

}  // namespace madang::situations

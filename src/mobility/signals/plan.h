// Whether a plan can be run safely at all.
#pragma once

#include <string>
#include <vector>

#include "mobility/signals/model.h"

namespace madang::mobility::signals {

/// What is wrong with a plan, a sentence each; none: a kernel may run it.
std::vector<std::string> faults_of(Plan const& plan);

/// Whether two groups may show these at the same time. Yellow counts as what stood before it.
bool may_stand_together(Plan const& plan, GroupIndex a, Aspect shown_a, GroupIndex b, Aspect shown_b);

/// Letters as SUMO and its users write them, one for each head: r y g G, and o where all flash; who is of no group is red.
std::string letters_of(Plan const& plan, std::vector<Aspect> const& aspects);

}  // namespace madang::mobility::signals

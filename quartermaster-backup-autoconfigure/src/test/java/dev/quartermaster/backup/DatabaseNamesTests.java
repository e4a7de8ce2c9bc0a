/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DatabaseNames}.
 */
class DatabaseNamesTests {

	@ParameterizedTest
	@CsvSource({ "dataSource, dataSource", "tasksDataSource users, tasks users",
			"tasksDatasource USERSDATASOURCE, tasks USERS", "dataSource tasksDataSource, dataSource tasks",
			"tasks tasksDataSource users, tasks tasksDataSource users",
			"tasksDataSource tasksDatasource, tasksDataSource tasksDatasource",
			"tasksDataSource Tasks, tasksDataSource Tasks",
			"tasksDataSourceDataSource tasksDataSource, tasksDataSourceDataSource tasks" })
	void isNameOfBeanWithoutSuffixUnlessThatNamesTwo(String beans, String names) {
		List<String> all = Arrays.asList(beans.split(" "));
		DatabaseNames databases = new DatabaseNames(Set.copyOf(all));
		assertThat(all.stream().map(databases::of)).containsExactly(names.split(" "));
	}

}

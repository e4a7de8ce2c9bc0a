/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.sql.DataSource;

/**
 * The candidates for the databases of an application. Asked for each use, since they may
 * change while the application starts.
 */
public interface DatabaseCandidates {

	/**
	 * Return the data sources of the application, of any kind.
	 * @return the data sources by name, the preferred one first
	 */
	Map<String, DataSource> dataSources();

	/**
	 * Return the data sources of the application without making those that are to be made
	 * when they are needed.
	 * @return the data sources by name, the preferred one first
	 */
	default Map<String, DataSource> madeDataSources() {
		return dataSources();
	}

	/**
	 * Return the names of all data sources, whether or not they can be had now. What a
	 * database is called depends on them.
	 * @return the names
	 */
	default Set<String> dataSourceNames() {
		return dataSources().keySet();
	}

	/**
	 * Return the data sources that one chooses from for each connection. They are among
	 * the data sources of the application as well.
	 * @param dataSource the data source
	 * @return those behind it, or none if it does not choose
	 */
	default List<DataSource> targets(DataSource dataSource) {
		return List.of();
	}

	/**
	 * Return the services that the application has defined.
	 * @return the services by name
	 */
	Map<String, SqliteBackupService> services();

}

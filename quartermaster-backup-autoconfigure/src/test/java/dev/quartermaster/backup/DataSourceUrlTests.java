/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteDataSource;

import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DataSourceUrl}.
 */
class DataSourceUrlTests {

	private static final String URL = "jdbc:sqlite:app.db";

	@Test
	void urlIsThatOfTheDataSource() {
		assertThat(DataSourceUrl.of(sqlite())).isEqualTo(URL);
	}

	@Test
	void urlIsThatOfTheDecorated() {
		assertThat(DataSourceUrl.of(new DelegatingDataSource(new LazyConnectionDataSourceProxy(sqlite()))))
			.isEqualTo(URL);
	}

	@Test
	void urlIsThatOfTheWrapped() {
		assertThat(DataSourceUrl.of(new Wrapper(new DelegatingDataSource(sqlite())))).isEqualTo(URL);
	}

	@Test
	void decoratorOfNothingShowsNone() {
		assertThat(DataSourceUrl.of(new DelegatingDataSource())).isNull();
	}

	@Test
	void decoratorOfItselfShowsNone() {
		DelegatingDataSource circle = new DelegatingDataSource();
		circle.setTargetDataSource(new DelegatingDataSource(circle));
		assertThat(DataSourceUrl.of(circle)).isNull();
	}

	@Test
	void dataSourceOfSeveralShowsNone() {
		AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {

			@Override
			protected Object determineCurrentLookupKey() {
				return "a";
			}

		};
		routing.setTargetDataSources(Map.of("a", sqlite()));
		routing.afterPropertiesSet();
		assertThat(DataSourceUrl.of(routing)).isNull();
	}

	private static DataSource sqlite() {
		SQLiteDataSource dataSource = new SQLiteDataSource();
		dataSource.setUrl(URL);
		return dataSource;
	}

	/**
	 * As the proxies do that are not of Spring: known by what they wrap.
	 */
	private static final class Wrapper extends AbstractDataSource {

		private final DataSource wrapped;

		Wrapper(DataSource wrapped) {
			this.wrapped = wrapped;
		}

		@Override
		public <T> T unwrap(Class<T> type) throws SQLException {
			return this.wrapped.unwrap(type);
		}

		@Override
		public boolean isWrapperFor(Class<?> type) throws SQLException {
			return this.wrapped.isWrapperFor(type);
		}

		@Override
		public Connection getConnection() {
			throw new AssertionError("Asked for a connection");
		}

		@Override
		public Connection getConnection(String username, String password) {
			return getConnection();
		}

	}

}

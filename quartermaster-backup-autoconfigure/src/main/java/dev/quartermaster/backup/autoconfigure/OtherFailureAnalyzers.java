/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/**
 * The failure analyzers of Spring Boot and of the application, asked as Spring Boot does:
 * what would be reported of a failure without us.
 */
final class OtherFailureAnalyzers {

	private static final Logger logger = LoggerFactory.getLogger(OtherFailureAnalyzers.class);

	private final FailureAnalyzer own;

	private final BeanFactory beanFactory;

	private final Environment environment;

	/**
	 * Create a new instance.
	 * @param own the analyzer that asks what the others say, and is not asked itself
	 * @param beanFactory the bean factory that analyzers may be given
	 * @param environment the environment that analyzers may be given
	 */
	OtherFailureAnalyzers(FailureAnalyzer own, BeanFactory beanFactory, Environment environment) {
		this.own = own;
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	/**
	 * Return what the first that knows a failure says of it.
	 * @return the analysis, or {@code null} if none knows it, so that Spring Boot would
	 * show the stack trace
	 */
	@Nullable FailureAnalysis analyze(Throwable failure) {
		ClassLoader classLoader = (this.beanFactory instanceof ConfigurableBeanFactory configurable)
				? configurable.getBeanClassLoader() : null;
		ArgumentResolver arguments = ArgumentResolver.of(BeanFactory.class, this.beanFactory)
			.and(Environment.class, this.environment);
		List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation(classLoader)
			.load(FailureAnalyzer.class, arguments,
					FailureHandler.handleMessage((message, ex) -> logger.trace(message.get(), ex)));
		for (FailureAnalyzer analyzer : analyzers) {
			FailureAnalysis analysis = !this.own.getClass().isInstance(analyzer) ? analyze(analyzer, failure) : null;
			if (analysis != null) {
				return analysis;
			}
		}
		return null;
	}

	private static @Nullable FailureAnalysis analyze(FailureAnalyzer analyzer, Throwable failure) {
		try {
			return analyzer.analyze(failure);
		}
		catch (Throwable ex) {
			// What made the application fail is what has to be seen.
			logger.trace("The failure analyzer {} failed", analyzer.getClass().getName(), ex);
			return null;
		}
	}

}

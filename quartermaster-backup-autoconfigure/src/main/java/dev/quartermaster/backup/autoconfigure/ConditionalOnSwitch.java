/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@link Conditional @Conditional} that only matches when a property does not switch
 * something off. With ahead-of-time processing it always matches, since the property is
 * to be asked when the application runs and not when it is built: what stands under it
 * asks again.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(ConditionalOnSwitch.OnSwitchCondition.class)
@interface ConditionalOnSwitch {

	/**
	 * Return the name of the property.
	 */
	String value();

	/**
	 * The {@link SpringBootCondition} behind it.
	 */
	final class OnSwitchCondition extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnSwitch.class);
			if (SpringProperties.getFlag(AbstractAotProcessor.AOT_PROCESSING)) {
				return ConditionOutcome.match(message.because("the property is asked when the application runs"));
			}
			String property = metadata.getAnnotations().get(ConditionalOnSwitch.class).getString("value");
			boolean on = context.getEnvironment().getProperty(property, Boolean.class, true);
			return new ConditionOutcome(on, message.because(property + " is " + on));
		}

	}

}

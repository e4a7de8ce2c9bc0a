/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import org.jspecify.annotations.Nullable;

/**
 * The messages in the sources of the module, with {@code …} for all that is only known at
 * run time.
 */
final class Messages {

	/**
	 * What stands for a name, a number or another message.
	 */
	static final String ANYTHING = "…";

	private final Map<String, Set<String>> byFile = new LinkedHashMap<>();

	private final Set<String> logged = new TreeSet<>();

	private Messages() {
	}

	static Messages read() throws IOException {
		Messages messages = new Messages();
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (Stream<Path> files = Files.walk(Path.of("src/main/java"));
				StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			List<Path> sources = files.filter((file) -> file.toString().endsWith(".java")).toList();
			JavacTask task = (JavacTask) compiler.getTask(null, manager, null, null, null,
					manager.getJavaFileObjectsFromPaths(sources));
			for (CompilationUnitTree unit : task.parse()) {
				messages.add(unit);
			}
		}
		return messages;
	}

	private void add(CompilationUnitTree unit) {
		Reader reader = new Reader();
		reader.scan(unit, null);
		this.byFile.put(unit.getSourceFile().getName(), reader.texts);
		this.logged.addAll(reader.logged);
	}

	/**
	 * Return the texts of warnings and errors in the log.
	 */
	Set<String> logged() {
		return this.logged;
	}

	/**
	 * Return whether a file has all parts of a text.
	 */
	boolean contain(String text) {
		List<String> parts = Stream.of(text.split(ANYTHING))
			.map(String::strip)
			.filter((part) -> part.length() > 1)
			.toList();
		return this.byFile.values()
			.stream()
			.anyMatch((texts) -> parts.stream()
				.allMatch((part) -> texts.stream().anyMatch((candidate) -> candidate.contains(part))));
	}

	private static final class Reader extends TreeScanner<@Nullable Void, @Nullable Void> {

		private final Map<String, String> constants = new HashMap<>();

		private final Set<String> texts = new TreeSet<>();

		private final Set<String> logged = new TreeSet<>();

		@Override
		public @Nullable Void visitVariable(VariableTree variable, @Nullable Void unused) {
			if (variable.getInitializer() != null && variable.getType() != null
					&& variable.getType().toString().equals("String")) {
				this.constants.put(variable.getName().toString(), text(variable.getInitializer()));
			}
			return super.visitVariable(variable, unused);
		}

		@Override
		public @Nullable Void visitLiteral(LiteralTree literal, @Nullable Void unused) {
			this.texts.add(text(literal));
			return null;
		}

		@Override
		public @Nullable Void visitBinary(BinaryTree binary, @Nullable Void unused) {
			this.texts.add(text(binary));
			return super.visitBinary(binary, unused);
		}

		@Override
		public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void unused) {
			if (call.getMethodSelect() instanceof MemberSelectTree method
					&& method.getIdentifier().toString().matches("warn|error")
					&& method.getExpression().toString().matches("logger|Warnings")) {
				call.getArguments()
					.stream()
					.map(this::text)
					.filter((text) -> !text.equals(ANYTHING))
					.findFirst()
					.ifPresent(this.logged::add);
			}
			return super.visitMethodInvocation(call, unused);
		}

		private String text(Tree tree) {
			if (tree instanceof ParenthesizedTree inner) {
				return text(inner.getExpression());
			}
			if (tree instanceof BinaryTree binary && binary.getKind() == Tree.Kind.PLUS) {
				return (text(binary.getLeftOperand()) + text(binary.getRightOperand())).replaceAll("…+", ANYTHING);
			}
			if (tree instanceof LiteralTree literal && literal.getValue() instanceof String value) {
				return value.replace("{}", ANYTHING);
			}
			if (tree instanceof IdentifierTree name) {
				return this.constants.getOrDefault(name.getName().toString(), ANYTHING);
			}
			return (tree instanceof ExpressionTree) ? ANYTHING : "";
		}

	}

}

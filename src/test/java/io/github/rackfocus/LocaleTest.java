package io.github.rackfocus;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.FileReader;
import java.io.FileWriter;
import java.util.Set;

/**
 * What is printed and written does not depend on the locale of the machine: a comma in a number, or
 * digits of another script, would make one table of two notations and a file that nobody reads.
 * {@code Locale.ROOT} and a charset are always named.
 */
@AnalyzeClasses(
    packages = "io.github.rackfocus",
    importOptions = ImportOption.DoNotIncludeTests.class)
class LocaleTest {
  /** Calls that take the default locale or charset where an overload names it. */
  private static final Set<String> OF_THE_MACHINE =
      Set.of(
          "java.lang.String.format(java.lang.String, [Ljava.lang.Object;)",
          "java.lang.String.formatted([Ljava.lang.Object;)",
          "java.lang.String.toUpperCase()",
          "java.lang.String.toLowerCase()",
          "java.lang.String.getBytes()",
          "java.lang.String.<init>([B)",
          "java.io.PrintStream.printf(java.lang.String, [Ljava.lang.Object;)",
          "java.io.PrintStream.format(java.lang.String, [Ljava.lang.Object;)",
          "java.io.PrintWriter.printf(java.lang.String, [Ljava.lang.Object;)",
          "java.io.PrintWriter.format(java.lang.String, [Ljava.lang.Object;)",
          "java.io.InputStreamReader.<init>(java.io.InputStream)",
          "java.io.OutputStreamWriter.<init>(java.io.OutputStream)",
          "java.util.Scanner.<init>(java.io.InputStream)",
          "java.util.Formatter.<init>()",
          "java.text.DecimalFormat.<init>(java.lang.String)",
          "java.text.SimpleDateFormat.<init>(java.lang.String)",
          "java.text.NumberFormat.getInstance()",
          "java.time.format.DateTimeFormatter.ofPattern(java.lang.String)",
          "java.io.ByteArrayOutputStream.toString()");

  @ArchTest
  static final ArchRule NO_CALL_DEPENDS_ON_THE_MACHINE =
      noClasses()
          .that(areOurs())
          .should()
          .callCodeUnitWhere(isOfTheMachine())
          .because("output is the same everywhere: name Locale.ROOT or a charset");

  @ArchTest
  static final ArchRule NO_FILE_IS_READ_IN_THE_CHARSET_OF_THE_MACHINE =
      noClasses()
          .that(areOurs())
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(FileReader.class, FileWriter.class);

  private static DescribedPredicate<JavaClass> areOurs() {
    return DescribedPredicate.describe(
        "are written by hand",
        one ->
            !one.getPackageName().startsWith("io.github.rackfocus.v1")
                && !one.getPackageName().startsWith("io.github.rackfocus.ros.msg"));
  }

  private static DescribedPredicate<JavaCall<?>> isOfTheMachine() {
    return DescribedPredicate.describe(
        "take the default locale or charset",
        call -> OF_THE_MACHINE.contains(call.getTarget().getFullName()));
  }
}

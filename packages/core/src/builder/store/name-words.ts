/** First words of random builder names. */
export const ADJECTIVES: readonly string[] =
  `agile airy amber ample ardent artful balanced bold bright brisk calm candid careful cheerful clear
   clever cosy crisp curious daring deft diligent eager earnest easy even fair fearless fleet fond
   frank free gallant gentle glad golden graceful hardy helpful honest humble jolly jovial keen kind
   lively loyal lucid mellow merry mild modest neat nimble noble open patient placid polite proud
   pure quick quiet ready robust sage serene sharp silent simple sincere smooth snug sober solid spry
   steady stellar still sunny sure swift tender tidy tranquil true trusty upbeat valiant vivid warm
   wise witty zesty`.split(/\s+/);

/** Last words of random builder names: people who made science and computing what they are. */
export const SURNAMES: readonly string[] =
  `abel agnesi ampere archimedes avogadro babbage banach bartik bell bernoulli blackwell bohr boole
   borg boyle brahe bunsen cannon cantor carson cauchy cerf chandrasekhar copernicus cori coulomb
   curie darwin davy dirac edison eckert einstein erdos euclid euler faraday fermat fermi feynman
   fibonacci fourier franklin galileo galois gauss germain godel goodall halley hamilton hertz
   herschel hilbert hodgkin hopper hubble huygens hypatia jacobi johnson joule kepler khayyam knuth
   kovalevskaya lamarr laplace leavitt leibniz linnaeus lovelace maxwell mayer mccarthy meitner
   mendel mirzakhani newton nightingale noether ohm pascal pasteur pauli payne planck poincare
   ptolemy ramanujan riemann ritchie shannon somerville tesla torvalds turing volta wilson wu yonath
   zuse`.split(/\s+/);
